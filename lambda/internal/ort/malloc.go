package ort

/*
#include <stdint.h>
#include <stdlib.h>

#ifdef __GLIBC__
#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

// Opening a session writes 40 MiB of memory for the first time, and each page of 4 KiB
// is a fault then. In one heap for all threads, its first 64 MiB usable at once and in
// huge pages where Linux has them, the first session opens 30 ms sooner. (glibc 2.35 has
// a tunable for the pages; Lambda's is 2.34.) The one heap's lock is no loss: while a
// model runs, its threads get their memory from ONNX Runtime's arena. A thread chooses
// its heap at its first malloc, hence the constructor, which runs before there are any.
// In another program than the function, which Lambda gives the variable, malloc stays
// as its owner has it.
//
// M_TOP_PAD also ends two habits of glibc: it returns nothing by itself below 64 MiB,
// and blocks of 128 KiB or more are always mapped on their own once the heap is full.
static const uintptr_t huge = 2 << 20;
static uintptr_t huge_start, huge_end;

__attribute__((constructor)) static void make_heap_of_huge_pages(void) {
	if (!getenv("AWS_LAMBDA_RUNTIME_API")) return;
	mallopt(M_ARENA_MAX, 1);
	mallopt(M_TOP_PAD, 64 << 20);
	void *first = malloc(1);
	huge_start = ((uintptr_t)first + huge - 1) & -huge;
	huge_end = (uintptr_t)sbrk(0);
	if (first && huge_start < huge_end) madvise((void *)huge_start, huge_end - huge_start, MADV_HUGEPAGE);
	free(first);
}

// give_back ends the huge pages first, or Linux would fill up again with them what is
// given back. Addresses that are no longer the heap's are passed over.
static void give_back(void) {
	if (huge_start < huge_end) madvise((void *)huge_start, huge_end - huge_start, MADV_NOHUGEPAGE);
	malloc_trim(0);
}
#else
static void give_back(void) {}
#endif
*/
import "C"

// giveBack returns the heap's free memory to the system: what opening a session took
// for a while is some 20 MiB. It takes a millisecond.
func giveBack() { C.give_back() }
