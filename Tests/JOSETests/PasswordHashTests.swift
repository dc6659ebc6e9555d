import JOSE
import Testing

private enum Password {}

struct PasswordHashTests {
    /// Hashes of "correct horse", made by libxcrypt in C.
    private static let known = [
        "$gy$j9T$YJYZ9Plli8wnOyaKdct4v0$PERHMX5/xbSVNDR7DiBc20SgQpnwVdb93glN1W5spCD",
        "$7$CU..../....TqPVVX7CPDt95C.1IXBGG1$UbUnx/O6OjDW/LjX2XY5scDYgVUdxoH.Cs/Cs.6R9uB",
        "$2b$05$qvzDtWPhlAwYyEeBK7qnzegyAkI1kHZc54MLy.vlikn/py8py5ia6",
        "$2a$05$DLX06kkej6TE6Kzn.DjUzuiJZY4gCbSf1oYjMCPQObw8w0HbPreBm",
        "$2y$05$X9SI1EK8h66GPOcek4ZNPu6xpss7NLbtgsOfkV.JjODhU8kJU7GPi",
        "$6$jGJHijfvcUAfEzj.$K3WJ3qCiMmod57Bc7MY/5xxroFvYBWWdqCeggTVOzAxxkd48qoLE79mHdh4DVGJvLiNz.tYElm.DSO9/evmJ8.",
        "$5$dGkJEI2w1pEyVzun$dMJpyl7aRjoE./oZByPRHM91OPWILROp0cv3/EEQ99C",
    ]

    @Test func `a new hash is yescrypt, salted, and verifies`() throws {
        let hash = try PasswordHash.hash(Secret<Password>("correct horse"))
        #expect(hash.hasPrefix("$y$j9T$"))
        #expect(try PasswordHash.hash(Array("correct horse".utf8)) != hash)
        #expect(PasswordHash.verify(Secret<Password>("correct horse"), hash))
        #expect(!PasswordHash.verify(Array("correct horsf".utf8), hash))
        #expect(!PasswordHash.verify(Array("correct hors".utf8), hash))
        #expect(!PasswordHash.verify([], hash))
        #expect(PasswordHash.importability(of: hash) == .ok)
        #expect(!PasswordHash.needsRehash(hash))
    }

    @Test(arguments: known) func `hashes of other programs verify, and are to be replaced`(hash: String) {
        #expect(PasswordHash.importability(of: hash) == .ok)
        #expect(PasswordHash.verify(Array("correct horse".utf8), hash))
        #expect(!PasswordHash.verify(Array("Correct horse".utf8), hash))
        #expect(PasswordHash.needsRehash(hash))
    }

    /// Salts of SHA-crypt's specification, hashes by `openssl passwd` and crypt(3); the last one is OpenBSD's.
    @Test(arguments: [
        ("Hello world!", "$5$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5"),
        ("Hello world!", "$5$rounds=10000$saltstringsaltst$3xv.VbSHBb41AL9AvLeujZkZRBAwqFMz2.opqey6IcA"),
        (
            "Hello world!",
            "$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI68u4OTLiBFdcbYEdFCoEOfaS35inz1"
        ),
        ("U*U", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"),
    ])
    func `hashes with known salts verify`(password: String, hash: String) {
        #expect(PasswordHash.verify(Array(password.utf8), hash))
    }

    @Test(arguments: [
        "$apr1$Q4IgI8Ii$ZX8Pk5Lhd0XSWNZL7UYmz/", "{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=", "rqXexS6ZhobKA", "$1$abc$xyz",
        "password", "", "*", "*0", "*1", "!", "x", "$y$", "$6$", "_J9..rasmBYk8r9AiWNc", "$2x$05$abc", "$99$a$b",
        "$3$$8846f7eaee8fb117ad06bdd830b7586c", "{SSHA}abc", "$y$j9T$salt", "$2b$05$tooShort",
        "$6$salt with space$x", "$6$é$x", "$5$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc8:1",
    ])
    func `weak, broken and unknown hashes are refused with advice, and match nothing`(hash: String) {
        guard case .refused(let reason) = PasswordHash.importability(of: hash) else {
            Issue.record("accepted \(hash)")
            return
        }
        #expect(reason.contains("htpasswd -B"))
        #expect(!PasswordHash.verify(Array("password".utf8), hash))
        #expect(!PasswordHash.verify(Array(hash.utf8), hash))
    }

    @Test(arguments: [
        "$2b$31$qvzDtWPhlAwYyEeBK7qnzegyAkI1kHZc54MLy.vlikn/py8py5ia6",
        "$2b$15$qvzDtWPhlAwYyEeBK7qnzegyAkI1kHZc54MLy.vlikn/py8py5ia6",
        "$5$rounds=999999999$saltstringsaltst$3xv.VbSCBX41eDL9L3voZredEvAG8Bhk6ebFEmJ2.NI",
        "$y$jGT$GUGEPSEJpC0Z0jHNKbHgY/$mI19u5lropw0Gb6pfmiW.i8FGG8K93H12bojhW36MP8",
        "$y$j9T1$GUGEPSEJpC0Z0jHNKbHgY/$mI19u5lropw0Gb6pfmiW.i8FGG8K93H12bojhW36MP8",
        "$7$KU..../....TqPVVX7CPDt95C.1IXBGG1$UbUnx/O6OjDW/LjX2XY5scDYgVUdxoH.Cs/Cs.6R9uB",
        "$7$CU....zzzz.TqPVVX7CPDt95C.1IXBGG1$UbUnx/O6OjDW/LjX2XY5scDYgVUdxoH.Cs/Cs.6R9uB",
    ])
    func `a hash that would keep the processor or the memory busy is refused at once`(hash: String) {
        #expect(PasswordHash.importability(of: hash) != .ok)
        #expect(!PasswordHash.verify(Array("correct horse".utf8), hash))
    }

    @Test func `passwords that C would cut short or that are too long are refused`() throws {
        let hash = Self.known[2]
        #expect(throws: PasswordHashError.containsNUL) { try PasswordHash.hash(Array("correct horse\0more".utf8)) }
        #expect(throws: PasswordHashError.tooLong) { try PasswordHash.hash([UInt8](repeating: 0x61, count: 512)) }
        #expect(throws: PasswordHashError.empty) { try PasswordHash.hash([]) }
        #expect(!PasswordHash.verify(Array("correct horse\0".utf8), hash))
        #expect(!PasswordHash.verify(Array("correct horse\0more".utf8), hash))
        let long = [UInt8](repeating: 0x61, count: 511)
        let ofLong = try PasswordHash.hash(long)
        #expect(PasswordHash.verify(long, ofLong))
        #expect(!PasswordHash.verify(Array(long.dropLast()), ofLong), "every byte counts")
    }

    @Test func `the decoy has the form and cost of a new hash, and matches nothing`() {
        #expect(PasswordHash.importability(of: PasswordHash.decoy) == .ok)
        #expect(!PasswordHash.needsRehash(PasswordHash.decoy))
        #expect(!PasswordHash.verify(Array("correct horse".utf8), PasswordHash.decoy))
    }

    @Test func `a hash of another cost is to be replaced`() {
        #expect(PasswordHash.needsRehash("$y$j8T$GUGEPSEJpC0Z0jHNKbHgY/$mI19u5lropw0Gb6pfmiW.i8FGG8K93H12bojhW36MP8"))
        #expect(PasswordHash.needsRehash("$y$j9T"))
        #expect(PasswordHash.needsRehash(""))
    }
}
