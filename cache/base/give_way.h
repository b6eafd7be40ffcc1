// Work in the background that answers should not wait for. To Linux a thread is a process here:
// what is asked for concerns this thread, and those that it starts from now on. It cannot be taken
// back, and where it is forbidden nothing changes.
#pragma once

namespace beian {

// It gets what others leave: about a ninth of a processor that somebody else wants too. Whoever
// wakes up may have to wait for it all the same, a tick of the kernel's clock (4 ms), when he has
// used up his share just before.
void give_way() noexcept;

// It gets what nobody else wants, and whoever wakes up takes the processor at once. Beside others
// that never rest it all but stands still.
void stand_back() noexcept;

}  // namespace beian
