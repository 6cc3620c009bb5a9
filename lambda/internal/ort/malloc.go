package ort

/*
#include <stdlib.h>

#ifdef __GLIBC__
#include <malloc.h>

// glibc gives each thread a heap of its own, 64 MiB of addresses, and makes it usable
// page by page as it fills, with a system call each. What M_TOP_PAD asks for is usable
// at once: a session opens 10 ms sooner, and no memory is taken before it is written.
// A heap reads this when it is made, hence the constructor, which runs before there
// are threads.
__attribute__((constructor)) static void make_heaps_usable(void) {
	mallopt(M_TOP_PAD, 64 << 20);
}

static void give_back(void) { malloc_trim(0); }
#else
static void give_back(void) {}
#endif
*/
import "C"

// giveBack returns the heaps' free memory to the system: what opening a session took
// for a while is some 20 MiB. It takes a millisecond.
func giveBack() { C.give_back() }
