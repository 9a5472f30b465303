import Diagnostics
import Testing

@testable import HTTPConnections

@Suite("Proxies of the environment")
struct ProxySettingsTests {
  func proxy(_ url: String, _ environment: [String: String]) throws -> ProxySettings.Proxy? {
    let address = try #require(HTTPAddress(url))
    return try ProxySettings(environment: environment).proxy(for: address)
  }

  @Test("each scheme has its variable, all_proxy is for both, lower case wins, and an empty one is none")
  func variables() throws {
    let environment = ["https_proxy": "http://a:1", "HTTP_PROXY": "b:2", "ALL_PROXY": "c"]
    #expect(try proxy("https://hub.test/x", environment) == .init(host: "a", port: 1))
    #expect(try proxy("http://hub.test", environment) == .init(host: "b", port: 2))
    #expect(try proxy("https://hub.test", ["ALL_PROXY": "http://c/"]) == .init(host: "c", port: 80))
    #expect(try proxy("https://hub.test", ["https_proxy": "a:1", "HTTPS_PROXY": "b:2"]) == .init(host: "a", port: 1))
    #expect(try proxy("https://hub.test", ["https_proxy": "", "HTTPS_PROXY": "b:2", "all_proxy": "c"]) == nil)
    #expect(try proxy("https://hub.test", ["http_proxy": "a:1"]) == nil)
    #expect(try proxy("https://hub.test", [:]) == nil)
    #expect(
      try proxy("https://hub.test", ["https_proxy": "http://u%40x:p%3a%:q@[fe80::1]:3128"])
        == .init(host: "fe80::1", port: 3128, user: "u@x", password: "p:%:q"))
  }

  @Test(
    "an address has a port that there can be, or none",
    arguments: [
      ("http://a:65535/v1", 65535), ("http://[::1]:8000", 8000), ("https://a:/v1", 443), ("http://a:0", nil),
      ("http://a:65536/v1", nil), ("http://[::1]:99999", nil), ("http://a:x", nil), ("http://a:-1", nil),
    ] as [(String, Int?)])
  func ports(_ url: String, port: Int?) { #expect(HTTPAddress(url)?.port == port) }

  @Test(
    "a proxy that cannot be spoken to is an error that does not show the password",
    arguments: [
      "socks5://u:secret@proxy:1080", "https://u:secret@proxy", "http://u:secret@proxy:x", "http://u:secret@:80",
    ])
  func unusable(_ text: String) throws {
    let error = #expect(throws: ParlanceError.self) { try proxy("https://hub.test", ["https_proxy": text]) }
    #expect(error?.code == .usage)
    #expect(error?.message.contains("https_proxy") == true && error?.message.contains("secret") == false)
    #expect(try proxy("https://hub.test", ["https_proxy": text, "no_proxy": "hub.test"]) == nil)
  }

  struct Exemption: Sendable {
    var list: String
    var url = "https://cdn.hub.test/x"
    var isDirect: Bool
  }

  @Test(
    "no_proxy names hosts, domains, ports, networks or all",
    arguments: [
      Exemption(list: "hub.test", isDirect: true), Exemption(list: ".hub.test", isDirect: true),
      Exemption(list: "*.hub.test", isDirect: true), Exemption(list: "a, CDN.Hub.test b", isDirect: true),
      Exemption(list: "*", isDirect: true), Exemption(list: "hub.test:443", isDirect: true),
      Exemption(list: "ub.test", isDirect: false), Exemption(list: "hub.test:80", isDirect: false),
      Exemption(list: "hub", isDirect: false), Exemption(list: "", isDirect: false),
      Exemption(list: ".", isDirect: false), Exemption(list: "x.cdn.hub.test", isDirect: false),
      Exemption(list: "10.0.0.0/8", isDirect: false),
      Exemption(list: "10.0.0.0/8", url: "http://10.1.2.3:8080", isDirect: true),
      Exemption(list: "10.0.0.0/16", url: "http://10.1.2.3:8080", isDirect: false),
      Exemption(list: "10.1.2.2/31", url: "http://10.1.2.3:8080", isDirect: true),
      Exemption(list: "10.1.2.3", url: "http://10.1.2.3:8080", isDirect: true),
      Exemption(list: "0.0.0.0/0", url: "http://10.1.2.3:8080", isDirect: true),
      Exemption(list: "10.0.0.0/33", url: "http://10.1.2.3:8080", isDirect: false),
      Exemption(list: "", url: "http://localhost:1", isDirect: true),
      Exemption(list: "", url: "http://127.0.0.2:1", isDirect: true),
      Exemption(list: "", url: "http://[::1]:1", isDirect: true),
      Exemption(list: "[fe80::1]:8080", url: "http://[FE80::1]:8080/x", isDirect: true),
      Exemption(list: "[fe80::1]:8081", url: "http://[fe80::1]:8080/x", isDirect: false),
    ])
  func exemptions(_ exemption: Exemption) throws {
    let found = try proxy(exemption.url, ["all_proxy": "http://p:1", "no_proxy": exemption.list])
    #expect((found == nil) == exemption.isDirect, "\(exemption)")
  }
}
