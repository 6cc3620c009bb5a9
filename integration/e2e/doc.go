// Package e2e holds tests alone: they send real requests to the real function,
// through the emulator of AWS or, with YOLAMBDA_URL set, to a deployed one.
//
// Through the emulator they run what `make build` left in build/, and are
// skipped where that is missing (YOLAMBDA_REQUIRE_BUILD=1: they fail). Tests
// against the reference answers need the folder shared next to the project
// (YOLAMBDA_REQUIRE_SHARED=1), those with other people's clients build/venv
// (YOLAMBDA_REQUIRE_TOOLS=1).
package e2e
