import ArgumentParser
import Handlers
import JOSE
import OIDCLogic

struct ClientCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "client", abstract: "Register, change and remove apps.",
        subcommands: [
            ClientAdd.self, ClientList.self, ClientShow.self, ClientSet.self, ClientApprove.self, ClientRemove.self,
        ])
}

/// A client's id, as an argument.
struct ClientIDArgument: ParsableArguments {
    @Argument(help: ArgumentHelp("The client's id.", valueName: "client-id")) var id: String
}

/// How a client is shown.
enum ClientOutput {
    static func print(
        _ registered: RegisteredClient, issuer: Issuer, heading: String, json: Bool, files: DeclaringFiles? = nil
    ) {
        let name = DeclaredName.client(registered.client.id)
        guard !json else {
            var members = (files?.mark(registered.json, name) ?? registered.json).objectValue ?? [:]
            if registered.client.approval == .awaited { members["version"] = .integer(registered.client.version) }
            Swift.print(JSON.object(members).readableText)
            return
        }
        Swift.print("\(heading)\n")
        var details = details(of: registered.client, secret: registered.secret)
        details.add("declared in", files?[name])
        details.add("issuer", issuer.value)
        details.add("discovery", issuer.endpoint(".well-known/openid-configuration"))
        details.print()
    }

    /// On standard error, so that scripts can read what is printed.
    static func warn(_ warnings: [ScopeWarning]) {
        for warning in warnings { warn(warning.description) }
    }

    static func warn(_ warning: String) { StandardError.write("postern: warning: \(DisplayText.safe(warning))\n") }

    static func kind(of client: Client) -> String { client.metadata.isPublic ? "public" : "confidential" }

    private static func details(of client: Client, secret: ClientSecret?) -> Details {
        let metadata = client.metadata
        var details = Details()
        details.add("name", metadata.name)
        details.add("alias", metadata.alias)
        details.add("client id", client.id.value)
        if let secret { details.add("client secret", "\(secret.reveal())  (shown once: keep it now)") }
        if let former = client.formerSecret, SystemClock.now() < former.expiresAt {
            details.add("former secret", "is taken until \(DisplayText.time(former.expiresAt.seconds))")
        }
        if client.approval == .awaited {
            details.add("waits for", "an administrator's approval")
            details.add("version", "\(client.version)  (client approve --if-version \(client.version))")
        }
        details.add("kind", "\(kind(of: client)), \(metadata.applicationType.rawValue)")
        details.add(
            "grants", GrantType.allCases.filter(metadata.grantTypes.contains).map(\.rawValue).joined(separator: ", "))
        details.add("redirect URI", metadata.redirectURIs.map(\.value))
        details.add("after sign-out", metadata.postLogoutRedirectURIs.map(\.value))
        if case .pairwise(let sector) = metadata.subjectType {
            details.add("subjects", "pairwise, of the sector \(sector.host)")
        }
        details.add("sector identifier", metadata.sectorIdentifierURI?.value)
        details.add("scope", metadata.scope.description)
        details.add("asks by default for", metadata.defaultScope?.description)
        details.add("roles in claim", metadata.rolesClaim)
        details.add("groups in claim", metadata.groupsClaim)
        details.add("authenticates by", metadata.tokenEndpointAuthMethod?.rawValue)
        details.add("signs assertions by", metadata.tokenEndpointAuthSigningAlg?.rawValue)
        switch metadata.keys {
        case .set: details.add("keys", "registered")
        case .uri(let uri): details.add("keys at", uri.value)
        case nil: break
        }
        details.add("signs requests by", metadata.requestObjectSigningAlg?.rawValue)
        details.add("publishes requests at", metadata.requestURIs.map(\.value))
        details.add("requests", metadata.requireSignedRequestObject ? "only if they are signed" : nil)
        details.add("ID tokens", "\(metadata.idTokenSignedResponseAlg.rawValue), preset \(client.preset.rawValue)")
        details.add("consent", client.isFirstParty ? "not asked for (first-party)" : "asked for")
        details.add("PKCE", client.requiresPKCE ? "required" : "if the client uses it")
        details.add("home page", metadata.clientURI?.value)
        details.add("starts sign-in at", metadata.initiateLoginURI?.value)
        details.add("logo", metadata.logoURI?.value)
        details.add("policy", metadata.policyURI?.value)
        details.add("terms", metadata.tosURI?.value)
        details.add("contact", metadata.contacts)
        details.add("asks for tokens to", metadata.resources.map(\.value))
        details.add("is itself", metadata.servedResources.map(\.value))
        details.add("access tokens", metadata.accessTokenFormat.rawValue)
        details.add("userinfo signed by", metadata.userInfoSignedResponseAlg?.rawValue)
        details.add("told of sign-outs at", metadata.backchannelLogout?.uri.value)
        details.add("browsers tell it at", metadata.frontchannelLogout?.uri.value)
        details.add("asks for acr", metadata.defaultACRValues)
        details.add("wants auth_time", metadata.requireAuthTime ? "yes" : nil)
        details.add("software", [metadata.softwareID, metadata.softwareVersion].compactMap(\.self))
        details.add(
            "translations", metadata.translations.values.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" })
        details.add("max age", metadata.defaultMaxAge.map { "\($0) s" })
        details.add("made", DisplayText.time(client.createdAt.seconds))
        details.add("changed", DisplayText.time(client.updatedAt.seconds))
        return details
    }
}
