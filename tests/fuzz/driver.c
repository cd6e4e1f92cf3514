/* Replays inputs through a fuzz target where there is no libFuzzer: each argument is a file, or a folder of files. */
#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replayed, unreadable;

/* The input is in a block of exactly its size, so that a sanitizer sees every byte read beyond it. */
static void replay_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    struct stat status;
    if (!file || fstat(fileno(file), &status) != 0) {
        printf("%s: %s\n", path, strerror(errno));
        unreadable++;
        if (file)
            fclose(file);
        return;
    }
    size_t size = (size_t)status.st_size;
    uint8_t *data = malloc(size ? size : 1);
    if (!data || fread(data, 1, size, file) != size) {
        printf("%s: cannot be read\n", path);
        unreadable++;
    } else {
        LLVMFuzzerTestOneInput(data, size);
        replayed++;
    }
    free(data);
    fclose(file);
}

static void replay_folder(const char *path)
{
    DIR *folder = opendir(path);
    if (!folder) {
        replay_file(path);
        return;
    }
    for (struct dirent *entry; (entry = readdir(folder));) {
        char file[4096];
        if (entry->d_name[0] != '.' && snprintf(file, sizeof(file), "%s/%s", path, entry->d_name) < (int)sizeof(file))
            replay_file(file);
    }
    closedir(folder);
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        replay_folder(argv[i]);
    printf("%d passed, %d failed\n", replayed, unreadable);
    return unreadable || !replayed;
}
