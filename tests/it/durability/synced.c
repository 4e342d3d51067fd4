/* Keeps, of the files in one folder, what was synced and nothing else.
 *
 * Preloaded into a process that writes to $CREWED_SYNCED_FROM. Whenever it syncs a file there, the
 * file's content is copied to the same name in $CREWED_SYNCED_TO, which is then what a disk would
 * hold after a loss of power that came right afterwards: nothing that was written since. A file that
 * is removed stays until its folder is synced, as on a disk. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MOST 64

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char removed[MOST][PATH_MAX];
static int removals;

static void fail(const char *what) {
    perror(what);
    _exit(99);
}

/* The name of a file in the folder that is watched; an empty one for the folder itself. */
static const char *watched(const char *path) {
    const char *from = getenv("CREWED_SYNCED_FROM");
    size_t length = from ? strlen(from) : 0;
    if (length == 0 || strncmp(path, from, length) != 0) return NULL;
    if (path[length] == '\0') return "";
    return path[length] == '/' ? path + length + 1 : NULL;
}

static void kept(char *path, const char *name, const char *end) {
    if (snprintf(path, PATH_MAX, "%s/%s%s", getenv("CREWED_SYNCED_TO"), name, end) >= PATH_MAX) _exit(98);
}

/* Renamed into place, so that a kill in between leaves the copy of the sync before. */
static void copy(int from, const char *name) {
    static char block[1 << 16];
    char half[PATH_MAX], whole[PATH_MAX];
    kept(half, name, ".half");
    kept(whole, name, "");
    int to = open(half, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (to < 0) fail(half);
    ssize_t got;
    off_t at = 0;
    while ((got = pread(from, block, sizeof block, at)) > 0) {
        if (write(to, block, got) != got) fail(half);
        at += got;
    }
    if (got < 0) fail(name);
    close(to);
    if (rename(half, whole) != 0) fail(whole);
}

static void remember(int fd) {
    char link[64], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return;
    path[length] = '\0';
    const char *name = watched(path);
    if (!name) return;
    pthread_mutex_lock(&lock);
    if (*name) {
        copy(fd, name);
        /* Made anew since it was removed. */
        for (int i = 0; i < removals; i++)
            if (strcmp(removed[i], name) == 0) removed[i][0] = '\0';
    } else {
        int (*real)(const char *) = dlsym(RTLD_NEXT, "unlink");
        for (int i = 0; i < removals; i++) {
            char old[PATH_MAX];
            if (!removed[i][0]) continue;
            kept(old, removed[i], "");
            real(old);
        }
        removals = 0;
    }
    pthread_mutex_unlock(&lock);
}

int fsync(int fd) {
    int (*real)(int) = dlsym(RTLD_NEXT, "fsync");
    int result = real(fd);
    if (result == 0) remember(fd);
    return result;
}

int fdatasync(int fd) {
    int (*real)(int) = dlsym(RTLD_NEXT, "fdatasync");
    int result = real(fd);
    if (result == 0) remember(fd);
    return result;
}

int unlink(const char *path) {
    int (*real)(const char *) = dlsym(RTLD_NEXT, "unlink");
    const char *name = watched(path);
    if (name && *name) {
        pthread_mutex_lock(&lock);
        if (removals == MOST) _exit(97);
        snprintf(removed[removals++], PATH_MAX, "%s", name);
        pthread_mutex_unlock(&lock);
    }
    return real(path);
}
