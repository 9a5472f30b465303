"""Drives a server of the Model Context Protocol with the protocol's own client: mcp_client.py COMMAND ARGUMENT..., or URL.

The server searches the collection of SearchFixture. Prints a line for each kind of the protocol that works; an assertion fails
where something is other than it should be. The client itself checks structured results against the tools' schemas.
"""

import asyncio
import json
import sys

import mcp
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.client.streamable_http import streamable_http_client

CONVERSATION = [
    {"role": "user", "content": "How do I undo a commit?"},
    {"role": "assistant", "content": "By a reset, which keeps your files."},
    {"role": "user", "content": "and a branch?"},
]


async def use(client, version):
    listed = await client.list_tools()
    assert [tool.name for tool in listed.tools] == ["search_conversation", "search", "get_passage"], listed
    assert all(tool.input_schema["type"] == "object" and tool.output_schema for tool in listed.tools)

    found = await client.call_tool("search_conversation", {"messages": CONVERSATION, "k": 3})
    assert not found.is_error, found
    passages = found.structured_content["passages"]
    assert [passage["id"] for passage in passages] == ["p1", "p2", "p3"], passages
    assert json.loads(found.content[0].text) == found.structured_content
    assert {term["message"] for term in found.structured_content["terms"]} == {0, 1, 2}

    found = await client.call_tool("search", {"query": "undo", "k": 1})
    assert [list(passage["metadata"].values()) for passage in found.structured_content["passages"]] == [[7]], found
    read = await client.call_tool("get_passage", {"id": passages[0]["id"]})
    assert read.structured_content["title"] == "git reset", read

    refused = await client.call_tool("search", {"query": "undo", "k": 1000})
    assert refused.is_error and "from 1 to 100" in refused.content[0].text, refused
    try:
        await client.call_tool("seek", {})
        raise AssertionError("a tool that does not exist was called")
    except mcp.MCPError as error:
        assert error.error.code == -32602, error

    many = await asyncio.gather(*[client.call_tool("search", {"query": "commit"}) for _ in range(40)])
    assert all(len(answer.structured_content["passages"]) == 2 for answer in many)
    print(version, "is good")


async def main(command, *arguments):
    over_http = command.startswith("http://")
    server = command if over_http else StdioServerParameters(command=command, args=list(arguments))
    async with streamable_http_client(server) if over_http else stdio_client(server) as (reading, writing):
        async with mcp.ClientSession(reading, writing) as session:
            greeted = await session.initialize()
            assert greeted.server_info.name == "parlance" and greeted.capabilities.tools is not None
            await session.send_ping()
            await use(session, greeted.protocol_version)
    async with mcp.Client(server) as client:
        await use(client, client.protocol_version)


asyncio.run(main(*sys.argv[1:]))
