#pragma once
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/vfs.h>

#ifndef F_OFD_SETLK
#define F_OFD_SETLK 37
#endif

// A null pointer would bind NULL where an empty value is meant; SQLITE_TRANSIENT is a cast that Swift can't see.
static inline int csqlite_bind_text(sqlite3_stmt *statement, int index, const void *bytes, int count) {
    return sqlite3_bind_text(statement, index, bytes ? (const char *)bytes : "", count, SQLITE_TRANSIENT);
}

static inline int csqlite_bind_blob(sqlite3_stmt *statement, int index, const void *bytes, int count) {
    return sqlite3_bind_blob(statement, index, bytes ? bytes : "", count, SQLITE_TRANSIENT);
}

// Swift can't call variadic functions, here and below.
static inline int csqlite_set_defensive(sqlite3 *database) {
    return sqlite3_db_config(database, SQLITE_DBCONFIG_DEFENSIVE, 1, (int *)0);
}

// Else a mistyped name in double quotes would be taken for a text.
static inline int csqlite_refuse_double_quoted_texts(sqlite3 *database) {
    int code = sqlite3_db_config(database, SQLITE_DBCONFIG_DQS_DML, 0, (int *)0);
    return code == SQLITE_OK ? sqlite3_db_config(database, SQLITE_DBCONFIG_DQS_DDL, 0, (int *)0) : code;
}

// Statistics of memory put a process-wide lock around every allocation.
static inline int csqlite_disable_memory_statistics(void) { return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); }

// Locks (F_WRLCK) or unlocks (F_UNLCK) the whole file for this open file description; EAGAIN or EACCES if
// another has it. Independent of flock() on the same file.
static inline int csqlite_set_range_lock(int descriptor, int type) {
    struct flock range = {0};
    range.l_type = (short)type;
    range.l_whence = SEEK_SET;
    return fcntl(descriptor, F_OFD_SETLK, &range);
}

// Swift can't see the extended result codes: they are expressions. What was to be added is there already:
static inline int csqlite_is_duplicate(int code) {
    return code == SQLITE_CONSTRAINT_UNIQUE || code == SQLITE_CONSTRAINT_PRIMARYKEY || code == SQLITE_CONSTRAINT_ROWID;
}

// What it refers to isn't there:
static inline int csqlite_is_dangling(int code) { return code == SQLITE_CONSTRAINT_FOREIGNKEY; }

// The number of statfs(2) for what `path` lies on, or 0. Swift's Glibc doesn't have the header.
static inline unsigned int csqlite_file_system(const char *path) {
    struct statfs system;
    return statfs(path, &system) == 0 ? (unsigned int)system.f_type : 0;
}
