/* Loaded before libc: while the file $FAULT_FLAG is there, what its first letter says fails with EIO on files below
   $FAULT_ROOT, as a broken disk does. "w": writing and flushing; "r": reading as well. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static int fails(int fd, char what)
{
    const char *flag = getenv("FAULT_FLAG"), *root = getenv("FAULT_ROOT");
    if (!flag || !root) return 0;
    int f = open(flag, O_RDONLY | O_CLOEXEC);
    if (f < 0) return 0;
    char letter = 0, link[64], path[4096];
    ssize_t (*plain)(int, void *, size_t) = dlsym(RTLD_NEXT, "read");
    plain(f, &letter, 1);
    close(f);
    if (what == 'r' && letter != 'r') return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, path, sizeof path - 1);
    if (n <= 0) return 0;
    path[n] = 0;
    if (strncmp(path, root, strlen(root))) return 0;
    errno = EIO;
    return 1;
}

#define REAL(name) static __typeof__(&name) real; if (!real) real = dlsym(RTLD_NEXT, #name)
#define FAULTY(result, name, what, parameters, arguments) \
    result name parameters { REAL(name); return fails(fd, what) ? -1 : real arguments; }

FAULTY(ssize_t, write, 'w', (int fd, const void *b, size_t n), (fd, b, n))
FAULTY(ssize_t, pwrite, 'w', (int fd, const void *b, size_t n, off_t o), (fd, b, n, o))
FAULTY(ssize_t, pwrite64, 'w', (int fd, const void *b, size_t n, off64_t o), (fd, b, n, o))
FAULTY(ssize_t, pwritev, 'w', (int fd, const struct iovec *v, int n, off_t o), (fd, v, n, o))
FAULTY(ssize_t, pwritev64, 'w', (int fd, const struct iovec *v, int n, off64_t o), (fd, v, n, o))
FAULTY(int, fsync, 'w', (int fd), (fd))
FAULTY(int, fdatasync, 'w', (int fd), (fd))
FAULTY(int, ftruncate, 'w', (int fd, off_t n), (fd, n))
FAULTY(int, ftruncate64, 'w', (int fd, off64_t n), (fd, n))
FAULTY(ssize_t, read, 'r', (int fd, void *b, size_t n), (fd, b, n))
FAULTY(ssize_t, pread, 'r', (int fd, void *b, size_t n, off_t o), (fd, b, n, o))
FAULTY(ssize_t, pread64, 'r', (int fd, void *b, size_t n, off64_t o), (fd, b, n, o))
