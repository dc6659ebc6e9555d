import Testing

@testable import OIDCLogic

struct AuthenticationTests {
    /// Counts what it compares, since each comparison takes a time that can be measured from outside.
    private func authenticate(
        _ candidate: User?, _ password: String = "right"
    ) -> (user: AuthenticatedUser?, hashes: [String]) {
        var hashes: [String] = []
        let user = Authentication.user(
            candidate, password: password, decoy: "decoy",
            verify: { password, hash in
                hashes.append(hash)
                return password == "right"
            }, improve: { password, hash in "better than \(hash) of \(password)" })
        return (user, hashes)
    }

    @Test func `the right password is the user`() {
        let result = authenticate(.fixture())
        #expect(result.user?.user == .fixture())
        #expect(result.user?.passwordHash == "hash")
        #expect(result.user?.betterHash == "better than hash of right")
        #expect(result.hashes == ["hash"])
    }

    @Test func `whoever it is, one hash is compared`() {
        var withoutPassword = User.fixture()
        withoutPassword.passwordHash = nil
        let cases: [(User?, String, String)] = [
            (.fixture(), "wrong", "hash"), (nil, "right", "decoy"), (nil, "wrong", "decoy"),
            (.fixture(isDisabled: true), "right", "hash"), (withoutPassword, "right", "decoy"),
        ]
        for (candidate, password, hash) in cases {
            let result = authenticate(candidate, password)
            #expect(result.user == nil)
            #expect(result.hashes == [hash])
        }
    }
}
