#include "cache/redis/delta_parts.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "cache/base/limits.h"
#include "cache/feed/render.h"

namespace beian::cache {
namespace {

enum class Order : std::uint8_t { kSubjects, kServices, kSubjectsThatGo };

struct Place {
  Order order;
  std::uint64_t id;
};

Place place_of(const FeedRecord& record) {
  if (const auto* subject = std::get_if<SubjectRecord>(&record))
    return {Order::kSubjects, subject->id};
  if (const auto* gone = std::get_if<RemoveSubject>(&record))
    return {Order::kSubjectsThatGo, gone->id};
  if (const auto* service = std::get_if<ServiceRecord>(&record))
    return {Order::kServices, service->id};
  return {Order::kServices, std::get<RemoveService>(record).id};
}

// The last record of each id, which is the one that counts, in the order of the feed.
std::vector<const FeedRecord*> last_of_each(std::span<const FeedRecord> records) {
  std::vector<const FeedRecord*> last;
  std::set<std::pair<bool, std::uint64_t>> seen;  // whether of a service, and the id
  for (std::size_t i = records.size(); i-- > 0;) {
    const Place place = place_of(records[i]);
    if (seen.emplace(place.order == Order::kServices, place.id).second) last.push_back(&records[i]);
  }
  std::ranges::reverse(last);
  return last;
}

// Sorts subjects by id: a service without a subject_id is bound to the first subject of its number.
void put_in_order(std::vector<const FeedRecord*>* records) {
  std::ranges::stable_sort(*records, {}, [](const FeedRecord* record) {
    const Place place = place_of(*record);
    return std::tuple(place.order, place.order == Order::kServices ? 0 : place.id);
  });
}

std::string name_of_record(const FeedRecord& record) {
  const Place place = place_of(record);
  return (place.order == Order::kServices ? "service " : "subject ") + std::to_string(place.id);
}

// Begins a new part wherever the next record would not fit.
Result<std::vector<DeltaPart>> cut(const std::vector<const FeedRecord*>& records) {
  std::vector<DeltaPart> parts;
  std::size_t bytes = 0;
  for (const FeedRecord* record : records) {
    const std::size_t line = to_ndjson(*record).size() + 1;
    if (line > limits::kFeedLineBytesMax)
      return make_error(ErrorKind::kBadInput,
                        name_of_record(*record) + " takes " + std::to_string(line) +
                            " bytes as a line of a batch; at most " +
                            std::to_string(limits::kFeedLineBytesMax) + " are read");
    if (parts.empty() || parts.back().records.size() == limits::kPublishBatchRecords ||
        bytes + line > limits::kPublishBatchTextBytes) {
      parts.emplace_back();
      bytes = 0;
    }
    parts.back().records.push_back(record);
    bytes += line;
  }
  return parts;
}

}  // namespace

Result<std::vector<DeltaPart>> parts_of(const std::string& feed_id,
                                        std::span<const FeedRecord> records) {
  std::vector<const FeedRecord*> counting = last_of_each(records);
  auto parts = cut(counting);
  if (parts && parts->size() > 1) {
    put_in_order(&counting);
    parts = cut(counting);
  }
  if (!parts) return parts;
  for (std::size_t i = 0; i < parts->size(); ++i)
    (*parts)[i].id = parts->size() == 1 ? feed_id
                                        : feed_id + "/" + std::to_string(i + 1) + "-" +
                                              std::to_string(parts->size());
  return parts;
}

}  // namespace beian::cache
