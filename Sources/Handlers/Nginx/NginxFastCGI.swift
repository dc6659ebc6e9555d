extension NginxConfiguration {
    /// `postern-fastcgi.conf`: what all endpoints share. It lies where `postern-locations.conf` lies.
    package var fastcgi: String {
        """
        # What Postern's handlers are told. postern-locations.conf includes it.
        # Printed by: postern nginx --fastcgi

        fastcgi_param POSTERN_HANDLER $postern_handler;
        fastcgi_param POSTERN_TAIL    $postern_tail if_not_empty;
        fastcgi_param REQUEST_METHOD  $postern_method;
        fastcgi_param QUERY_STRING    $postern_query;
        fastcgi_param CONTENT_TYPE    $content_type;
        fastcgi_param CONTENT_LENGTH  $content_length;
        fastcgi_param REMOTE_ADDR     $remote_addr;
        fastcgi_param HTTPS           $https if_not_empty;
        fastcgi_param REQUEST_ID      $request_id;
        fastcgi_param SERVER_PROTOCOL $server_protocol;

        fastcgi_keep_conn on;
        # A body is sent only when it is there as a whole: a slow client never holds a worker.
        fastcgi_request_buffering on;
        fastcgi_buffering on;
        fastcgi_intercept_errors off;
        fastcgi_pass_request_headers on;
        fastcgi_connect_timeout 5s;
        fastcgi_send_timeout 10s;
        fastcgi_read_timeout 30s;
        # A kept connection that ended is replaced, but a POST that was sent is never sent again.
        fastcgi_next_upstream error;
        fastcgi_next_upstream_tries 2;
        # Nothing is kept, also where the server around keeps answers of its own.
        fastcgi_cache off;

        """
    }
}
