import JOSE

extension JSON {
    /// As it is shown to whoever sent it, with what is wrong about it: JSON, cut where it is long.
    package var shown: String {
        let text = self.text
        guard text.utf8.count > Self.shownBytes else { return text }
        var cut = ""
        for character in text {
            guard cut.utf8.count + character.utf8.count <= Self.shownBytes else { break }
            cut.append(character)
        }
        return cut + "…"
    }

    private static let shownBytes = 120
}
