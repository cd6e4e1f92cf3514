/* Prints kube_field_hash of each line of stdin, with the multiplier given as an argument. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <kube/type.h>

int main(int argc, char **argv)
{
    char line[512];
    unsigned long long multiplier = argc > 1 ? strtoull(argv[1], NULL, 0) : 1;
    while (fgets(line, sizeof line, stdin)) {
        size_t len = strcspn(line, "\n");
        printf("%llu\n", (unsigned long long)kube_field_hash(line, len, multiplier));
    }
    return 0;
}
