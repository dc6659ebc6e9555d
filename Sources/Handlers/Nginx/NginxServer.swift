extension NginxConfiguration {
    /// `example-server.conf`: a complete server for this issuer, for who has no server block yet.
    package var server: String { issuer.isTLS ? tlsServer : loopbackServer }

    private var tlsServer: String {
        """
        # A complete server for \(issuer.origin). Copy it to /etc/nginx/sites-enabled/.
        # It needs postern-http.conf in conf.d/, and postern-locations.conf and postern-fastcgi.conf in /etc/nginx/.
        # Printed by: postern nginx --server

        server {
            listen 80;
            listen [::]:80;
            server_name \(issuer.host);
            server_tokens off;
            # The configured name, never the one that came with the request.
            return 301 \(issuer.origin)$request_uri;
        }

        server {
            listen \(port) ssl http2;
            listen [::]:\(port) ssl http2;
            server_name \(issuer.host);
            server_tokens off;
            absolute_redirect off;

            ssl_certificate     /etc/letsencrypt/live/\(issuer.host)/fullchain.pem;
            ssl_certificate_key /etc/letsencrypt/live/\(issuer.host)/privkey.pem;
            ssl_protocols TLSv1.2 TLSv1.3;
            ssl_ciphers ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:\
        ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305;
            ssl_prefer_server_ciphers off;
            ssl_ecdh_curve X25519:prime256v1:secp384r1;
            ssl_session_cache shared:postern_tls:2m;
            ssl_session_timeout 1d;
            ssl_session_tickets off;

            # RFC 6797. Add includeSubDomains only if every host below this name speaks TLS.
            add_header Strict-Transport-Security "max-age=31536000" always;

            include postern-locations.conf;
        \(front)}

        """
    }

    /// Plain http is for loopback alone, so this one listens nowhere else.
    private var loopbackServer: String {
        """
        # A server for \(issuer.origin), on this machine only.
        # Printed by: postern nginx --server

        server {
            listen 127.0.0.1:\(port);
            listen [::1]:\(port);
            server_name \(issuer.host);
            server_tokens off;
            absolute_redirect off;

            include postern-locations.conf;
        \(front)}

        """
    }

    private var port: Int { issuer.port ?? (issuer.isTLS ? 443 : 80) }

    /// An issuer at the root of its host serves `/` itself.
    private var front: String {
        guard !issuer.path.isEmpty else { return "" }
        return "\n    location = / { return 302 \(issuer.value)/; }\n    location / { return 404; }\n"
    }
}
