#pragma once
#include <fastcgi.h>
#include <fcgiapp.h>

// Swift's Glibc module leaves these out.
#include <malloc.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <pthread.h>

// Declared by glibc for _GNU_SOURCE alone, which Swift doesn't define when it imports a header.
int accept4(int socket, struct sockaddr *address, socklen_t *length, int flags);
int pthread_timedjoin_np(pthread_t thread, void **result, const struct timespec *deadline);

// Swift sees `environ` as a global variable that any thread may change.
// The one caller reads it before there is a second thread.
extern char **environ;
static inline char **cfcgi_environ(void) { return environ; }
