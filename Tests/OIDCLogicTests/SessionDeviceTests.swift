import Testing

@testable import OIDCLogic

@Suite struct SessionDeviceTests {
    @Test(arguments: [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox", "Linux"),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
            "Chrome", "Windows"
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0",
            "Edge", "Windows"
        ),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15",
            "Safari", "macOS"
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1",
            "Safari", "iPhone"
        ),
        (
            "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/29.0 Chrome/136.0.0.0 Mobile Safari/537.36",
            "Samsung Internet", "Android"
        ),
        ("curl/8.5.0", nil, nil), ("", nil, nil), (nil, nil, nil),
    ])
    func `a browser is told by what it says of itself`(userAgent: String?, browser: String?, system: String?) {
        let device = SessionDevice(address: "192.0.2.1", userAgent: userAgent)
        #expect(device.browser == browser && device.system == system)
    }

    @Test func `what it says is kept in part, and without what can't be shown`() {
        let long = String(repeating: "x", count: 300)
        #expect(SessionDevice(address: "", userAgent: "a\u{1B}[31m\u{202E}b\n" + long).userAgent?.utf8.count == 256)
        #expect(SessionDevice(address: "", userAgent: "a\u{1B}\u{202E}b\n").userAgent == "ab")
    }
}
