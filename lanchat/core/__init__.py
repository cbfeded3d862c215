"""Pure values and rules of a Room: no I/O, no clock, no thread; standard library and msgspec only."""
