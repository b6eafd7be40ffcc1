// Work in the background that answers should not wait for.
#pragma once

namespace beian {

// This thread, and those that it starts from now on, get what others leave: about a ninth of a
// processor that somebody else wants too. Cannot be taken back. Where it is forbidden, nothing
// changes.
void give_way() noexcept;

}  // namespace beian
