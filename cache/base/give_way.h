// Lowers the priority of background work, so that answers do not wait for it. Linux schedules each
// thread on its own: these functions affect the calling thread and the threads that it starts from
// then on. They cannot be undone, and where the system forbids them nothing changes.
#pragma once

namespace beian {

// Leaves this thread about a tenth of a processor that a normal thread wants too. A thread that
// wakes up and has just used up its own share may still wait for one tick of the kernel's clock (4
// ms).
void give_way() noexcept;

// Leaves it what nobody else wants: a thread that wakes up takes the processor at once. Beside
// threads that never rest, the work almost stands still.
void stand_back() noexcept;

}  // namespace beian
