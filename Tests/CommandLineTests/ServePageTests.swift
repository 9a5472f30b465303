#if Network
  import Foundation
  import TestSupport
  import Testing

  @Suite("the service's page", .timeLimit(.minutes(30)))
  struct ServePageTests {
    /// Debian's browser, where it is installed.
    static let hasBrowser = TestSupport.chromium != nil

    @Test(
      "a person with a mouse, with keys alone, and with a phone gets through it in a real browser",
      .enabled(if: TestSupport.judgePython != nil && hasBrowser, "no browser, or no playwright to drive it"))
    func driven() throws {
      let served = try ServedFixture()
      let result = try ParlanceProcess.shell(
        "\(try #require(TestSupport.judgePython)) \(TestSupport.packageRoot)/Tests/Servers/drive_page.py "
          + "http://127.0.0.1:\(served.port) 2>&1", in: served.folder)
      #expect(result.code == 0, "\(result.output)")
    }

    @Test("every file of the page runs under a policy that lets nothing else in")
    func policy() throws {
      let served = try ServedFixture()
      for path in ["/", "/page/main.js", "/page/page.css", "/page/icon.svg"] {
        let answer = try served.send("GET", path).lowercased()
        #expect(answer.hasPrefix("http/1.1 200"))
        #expect(answer.contains("content-security-policy: default-src 'none'; script-src 'self'"), "\(path)")
        #expect(answer.contains("x-content-type-options: nosniff"))
      }
      let page = try served.send("GET", "/")
      for word in ["<style", "style=", "http://", "https://", "<script>", "=\"/"] { #expect(!page.contains(word)) }
    }
  }
#endif
