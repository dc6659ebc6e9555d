import JOSE
import Testing

@testable import Handlers

/// RFC 9110 §8.8.3.
struct EntityTagTests {
    @Test func `one state has one tag, and another state another`() {
        let tag = EntityTag(of: ["a": 1], version: 3)
        #expect(tag == EntityTag(of: ["a": 1], version: 3))
        #expect(tag != EntityTag(of: ["a": 2], version: 3))
        #expect(tag != EntityTag(of: ["a": 1], version: 4), "what isn't shown counts as well")
    }

    @Test func `it is quoted, and has no comma that would end it in a list`() {
        let text = EntityTag(of: ["a": ","]).text
        #expect(text.hasPrefix("\"") && text.hasSuffix("\"") && !text.contains(","))
        #expect(text.utf8.dropFirst().dropLast().allSatisfy { $0 != UInt8(ascii: "\"") })
    }
}
