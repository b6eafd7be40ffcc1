// Reads one row of the public query's list: what it says of a subject and of one of its services.
// Private to cache/feed.
#pragma once

#include "cache/feed/json_value.h"
#include "cache/filing/record.h"

namespace beian::cache {

struct MiitRow {
  SubjectRecord subject;
  ServiceRecord service;
};

// Subject and service are both `filed`: the query lists nothing else. Faults: a field of the wrong
// type or text, a service number of another subject, a serviceType that contradicts the number's
// letter.
bool read_miit_row(JsonValue value, MiitRow* row, ValueFault* fault);

// Adds what `row` says to what earlier rows with the same id said. REQUIRES: the same number.
void merge_subject(SubjectRecord&& row, SubjectRecord* merged);
// Domains, contents and names accumulate; access restricted for one domain restricts the service.
void merge_service(ServiceRecord&& row, ServiceRecord* merged);

}  // namespace beian::cache
