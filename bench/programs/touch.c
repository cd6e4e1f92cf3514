/*
 * Touches and gives back the bytes of its argument. In a virtual machine whose free memory the hypervisor takes back (free page reporting),
 * blocks that have been free for seconds cost a hundred times what the kernel asks for them; behind this process they cost what they do elsewhere.
 */
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

enum { PAGE = 4096 };

int main(int argc, char **argv)
{
    size_t len = argc == 2 ? (size_t)strtoull(argv[1], NULL, 10) : 0;
    char *memory = len ? mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) : MAP_FAILED;
    if (memory == MAP_FAILED)
        return 1;
    madvise(memory, len, MADV_HUGEPAGE);
    for (size_t i = 0; i < len; i += PAGE)
        ((volatile char *)memory)[i] = 1;
    return 0;
}
