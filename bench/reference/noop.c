/*
 * What a FastCGI responder costs at the least: libfcgi, threads, and the accept design of the bridge, in C.
 *
 *     cc -O2 -o noop bench/reference/noop.c -lfcgi -lcrypto -lpthread
 *     spawn-fcgi -n -s /tmp/noop.sock -- ./noop [THREADS] [plain]
 *
 * The handlers `authorize` and `token` answer what a code flow's two requests get, in its size; `token` makes one
 * RSA-2048 signature. That is all they do: no session, no store, nothing sealed.
 *
 * With `plain`, each thread blocks in FCGX_Accept_r and is bound to its connection: fewer system calls, but
 * a web server may keep no more connections than there are threads.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcgiapp.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

static int set;
static EVP_PKEY *key;

static void put(FCGX_Request *request, const char *head, size_t filler, const char *tail)
{
    char bytes[4096];
    memset(bytes, 'x', sizeof bytes);
    FCGX_PutS(head, request->out);
    FCGX_PutStr(bytes, (int)filler, request->out);
    FCGX_PutS(tail, request->out);
}

static void sign(void)
{
    unsigned char message[700] = {0}, signature[256];
    size_t count = sizeof signature;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    if (EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, key) != 1
        || EVP_DigestSign(context, signature, &count, message, sizeof message) != 1) abort();
    EVP_MD_CTX_free(context);
}

static void answer(FCGX_Request *request)
{
    static const char text[] =
        "Status: 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 3\r\n\r\nok\n";
    char piece[8192];
    const char *length = FCGX_GetParam("CONTENT_LENGTH", request->envp);
    if (length == NULL || FCGX_GetParam("REQUEST_METHOD", request->envp) == NULL) return;
    while (FCGX_GetStr(piece, sizeof piece, request->in) == (int)sizeof piece) continue;
    const char *handler = FCGX_GetParam("POSTERN_HANDLER", request->envp);
    if (handler != NULL && strcmp(handler, "authorize") == 0) {
        put(request, "Status: 302 Found\r\nCache-Control: no-store\r\nContent-Length: 0\r\n"
            "Location: https://app.example/callback?code=", 850, "\r\n\r\n");
    } else if (handler != NULL && strcmp(handler, "token") == 0) {
        sign();
        put(request, "Status: 200 OK\r\nContent-Type: application/json\r\nCache-Control: no-store\r\n"
            "Content-Length: 1800\r\n\r\n", 1800, "");
    } else {
        FCGX_PutStr(text, sizeof text - 1, request->out);
    }
}

static void *plain(void *unused)
{
    FCGX_Request request;
    FCGX_InitRequest(&request, 0, 0);
    while (FCGX_Accept_r(&request) == 0) {
        answer(&request);
        FCGX_Finish_r(&request);
    }
    return unused;
}

static void *shared(void *unused)
{
    FCGX_Request request;
    FCGX_InitRequest(&request, -1, 0);
    for (;;) {
        struct epoll_event event;
        if (epoll_wait(set, &event, 1, -1) != 1) continue;
        int connection = event.data.fd;
        struct epoll_event watch = {.events = EPOLLIN | EPOLLRDHUP | EPOLLONESHOT, .data.fd = connection};
        if (connection == 0) {
            connection = accept4(0, NULL, NULL, SOCK_CLOEXEC);
            watch.data.fd = connection;
            if (connection >= 0) epoll_ctl(set, EPOLL_CTL_ADD, connection, &watch);
            continue;
        }
        request.ipcFd = connection;
        request.keepConnection = 1;
        if (FCGX_Accept_r(&request) != 0) continue;
        answer(&request);
        FCGX_Finish_r(&request);
        if (request.ipcFd >= 0) epoll_ctl(set, EPOLL_CTL_MOD, connection, &watch);
        request.ipcFd = -1;
    }
    return unused;
}

int main(int count, char **arguments)
{
    int threads = count > 1 ? atoi(arguments[1]) : 8;
    void *(*work)(void *) = count > 2 && strcmp(arguments[2], "plain") == 0 ? plain : shared;
    pthread_t thread;
    FCGX_Init();
    key = EVP_RSA_gen(2048);
    signal(SIGPIPE, SIG_IGN);
    if (work == shared) {
        struct epoll_event watch = {.events = EPOLLIN | EPOLLEXCLUSIVE, .data.fd = 0};
        fcntl(0, F_SETFL, fcntl(0, F_GETFL) | O_NONBLOCK);
        set = epoll_create1(EPOLL_CLOEXEC);
        epoll_ctl(set, EPOLL_CTL_ADD, 0, &watch);
    }
    for (int i = 1; i < threads; i++) pthread_create(&thread, NULL, work, NULL);
    work(NULL);
    return 0;
}
