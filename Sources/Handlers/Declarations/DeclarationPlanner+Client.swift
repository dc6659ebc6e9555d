import JOSE
import OIDCLogic

extension DeclarationPlanner {
    func declare(_ client: Declarations.Client) {
        let former = draft.client(client.id)
        let isFixed = former.map { $0.preset != client.preset } ?? false
        declare(
            .client(client.id), at: client.place, unchangeable: isFixed ? ["preset"] : [],
            make: { try make(client) }, change: { try change(client) })
    }

    private func make(_ client: Declarations.Client) throws {
        var metadata = client.metadata
        metadata["client_id"] = .string(client.id.value)
        if let secret = client.secret {
            metadata["client_secret"] = .string(try surroundings.readSecret(secret).reveal())
        }
        let made = try clients.register(.object(metadata), preset: client.preset, isFirstParty: client.isFirstParty)
        if client.secret == nil { newSecrets[client.id] = made.secret }
    }

    private func change(_ client: Declarations.Client) throws {
        guard let former = draft.client(client.id) else { return }
        var change = ClientChange()
        // What isn't said is as it is by default, not as it was.
        for name in (former.metadata.json.objectValue ?? [:]).keys { change.metadata[name] = .null }
        change.metadata.merge(client.metadata) { _, declared in declared }
        change.metadata["preset"] = .string(client.preset.rawValue)
        change.isFirstParty = client.isFirstParty
        // What a file declares waits for nobody.
        change.approves = true
        change.overlap = options.secretOverlap
        if let secret = client.secret {
            let secret = try surroundings.readSecret(secret)
            if try !has(former, secret) { change.secret = .choose(secret.reveal()) }
        } else if options.newSecrets.contains(client.id.value) {
            change.secret = .generate
        }
        let changed = try clients.change(client.id.value, change)
        if let warning = changed.warning { anew[client.id] = warning }
        if client.secret == nil { newSecrets[client.id] = changed.secret }
    }

    private func has(_ client: Client, _ secret: ClientSecret) throws -> Bool {
        guard let sealed = client.sealedSecret else { return false }
        let seal = try surroundings.seal()
        return (try? ClientSecret(sealed: sealed, of: client.id, opening: seal))?.matches(secret) ?? false
    }
}
