// From a view back to the record that a feed would give for it.
//
// Pure; any thread; allocates what the record holds.
#pragma once

#include "cache/snapshot/snapshot.h"

namespace beian::cache {

// REQUIRES: view.is_recorded(); of an implied subject there is no record.
SubjectRecord record_of(const SubjectView& view);

// Names the subject that the service is bound to, by its id, where it is recorded.
ServiceRecord record_of(const ServiceView& view);

}  // namespace beian::cache
