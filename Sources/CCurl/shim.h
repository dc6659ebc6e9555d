#pragma once
#include <curl/curl.h>
#include <netinet/in.h>
#include <sys/socket.h>

// Nothing links libcurl: it brings 30 libraries with it, so it is opened when it is first needed, and its functions are
// called by their addresses. These are variadic, which Swift can't call.
typedef CURLcode (*ccurl_setopt)(CURL *handle, CURLoption option, ...);
typedef CURLcode (*ccurl_getinfo)(CURL *handle, CURLINFO info, ...);

static inline CURLcode ccurl_set_number(void *setopt, CURL *handle, CURLoption option, long value) {
    return ((ccurl_setopt)setopt)(handle, option, value);
}
static inline CURLcode ccurl_set_text(void *setopt, CURL *handle, CURLoption option, const char *value) {
    return ((ccurl_setopt)setopt)(handle, option, value);
}
static inline CURLcode ccurl_set_pointer(void *setopt, CURL *handle, CURLoption option, void *value) {
    return ((ccurl_setopt)setopt)(handle, option, value);
}
static inline CURLcode ccurl_set_data_callback(void *setopt, CURL *handle, CURLoption option,
                                               size_t (*callback)(char *, size_t, size_t, void *)) {
    return ((ccurl_setopt)setopt)(handle, option, callback);
}
static inline CURLcode ccurl_set_socket_callback(void *setopt, CURL *handle,
                                                 curl_socket_t (*callback)(void *, curlsocktype,
                                                                           struct curl_sockaddr *)) {
    return ((ccurl_setopt)setopt)(handle, CURLOPT_OPENSOCKETFUNCTION, callback);
}
static inline long ccurl_response_code(void *getinfo, CURL *handle) {
    long code = 0;
    ((ccurl_getinfo)getinfo)(handle, CURLINFO_RESPONSE_CODE, &code);
    return code;
}
// In bytes; 0: nothing of the request was sent.
static inline long ccurl_request_size(void *getinfo, CURL *handle) {
    long size = 0;
    ((ccurl_getinfo)getinfo)(handle, CURLINFO_REQUEST_SIZE, &size);
    return size;
}

// The bytes of an IPv4 or IPv6 address: 4, 16, or 0 for another family.
static inline int ccurl_address(const struct curl_sockaddr *address, unsigned char bytes[16]) {
    if (address->family == AF_INET && address->addrlen >= sizeof(struct sockaddr_in)) {
        __builtin_memcpy(bytes, &((const struct sockaddr_in *)&address->addr)->sin_addr, 4);
        return 4;
    }
    if (address->family == AF_INET6 && address->addrlen >= sizeof(struct sockaddr_in6)) {
        __builtin_memcpy(bytes, &((const struct sockaddr_in6 *)&address->addr)->sin6_addr, 16);
        return 16;
    }
    return 0;
}
static inline int ccurl_open(const struct curl_sockaddr *address) {
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}
