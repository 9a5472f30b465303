// Tests of Conversations.
