// Turns a view back into the record that a feed would give for it.
//
// Pure; any thread; allocates what the record holds.
#pragma once

#include "cache/snapshot/snapshot.h"

namespace beian::cache {

// REQUIRES: view.is_recorded(); an implied subject has no record.
SubjectRecord record_of(const SubjectView& view);

// The record has the id of the subject that the service is bound to, if that subject is recorded.
ServiceRecord record_of(const ServiceView& view);

}  // namespace beian::cache
