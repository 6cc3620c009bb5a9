package ort

/*
#include <stdint.h>
#include <stdlib.h>

#ifdef __GLIBC__
#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

// Opening a session writes 40 MiB of memory for the first time, and each page of 4 KiB
// is a fault then. In one heap for all threads, usable at once and in huge pages where
// Linux has them, a session opens 30 ms sooner. No memory is taken before it is written.
// glibc 2.35 has a tunable for the pages; Lambda's is 2.34. Threads read what is set
// here when they begin, hence the constructor, which runs before there are any.
__attribute__((constructor)) static void make_heap_of_huge_pages(void) {
	const uintptr_t huge = 2 << 20;
	mallopt(M_ARENA_MAX, 1);
	mallopt(M_TOP_PAD, 64 << 20);
	void *first = malloc(1);
	uintptr_t start = ((uintptr_t)first + huge - 1) & -huge;
	uintptr_t end = (uintptr_t)sbrk(0);
	if (first && start < end) madvise((void *)start, end - start, MADV_HUGEPAGE);
	free(first);
}

static void give_back(void) { malloc_trim(0); }
#else
static void give_back(void) {}
#endif
*/
import "C"

// giveBack returns the heap's free memory to the system: what opening a session took
// for a while is some 20 MiB. It takes a millisecond.
func giveBack() { C.give_back() }
