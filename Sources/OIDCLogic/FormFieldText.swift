extension String {
    /// Whether a hidden field of a page brings it back, or on to the app, as it is.
    ///
    /// Browsers send every end of a line as CR LF (HTML Standard, "form submission"), and pages here show neither controls nor
    /// what turns the direction of writing. RFC 6749 Appendix A.5 has none of these in a `state`.
    var survivesForms: Bool {
        unicodeScalars.allSatisfy { scalar in
            switch scalar.value {
            case 0x09: true
            case 0x00...0x1F, 0x7F...0x9F, 0x202A...0x202E, 0x2066...0x2069: false
            default: true
            }
        }
    }
}
