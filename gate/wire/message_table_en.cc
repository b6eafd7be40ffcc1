#include <array>

#include "gate/wire/message_steps.h"

namespace beian::wire {
namespace {

constexpr std::array<MessageTemplate, kMessageRowCount> kTemplatesEn = {{
    {Code::kNumberMissing,
     "No filing number was given[, and none was found by {sought}][; an unfiled {kind} may not be "
     "{duty}].",
     "If it is filed, give the full number with its service serial (such as "
     "{example}); look it up at {query}. If not, {where}. {materials}"},
    {Code::kNumberResolved,
     "No filing number was given; found by {sought}, it is {number}[ (“{name}”)].",
     "Make sure that this is the filing of this {kind}, and give {number}."},
    {Code::kAmbiguous,
     "No filing number was given, and {count} filings fit[: {expected}][ (of the first {compared} "
     "that were compared; there are more)].",
     "Give the full filing number of this {kind}; look it up at {query}."},
    {Code::kNumberMalformed, "“{given}” is no filing number: {reason} (at character {place}).",
     "Give the full number as the notice of your filing has it (such as {example}); "
     "look it up at {query}."},
    {Code::kNumberRepaired, "“{given}” was read as {number}: {repairs}.", "Write it as {number}."},
    {Code::kNumberImplausible,
     "{number} is well formed, but looks like a placeholder or has an impossible year.",
     "Check the number; look it up at {query}."},
    {Code::kNotAFiling, "“{given}” is no ICP filing number but {register}.",
     "Give the ICP filing number of this {kind} (such as {example}); look it up at "
     "{query}."},
    {Code::kSubjectOnly,
     "{number} is a subject number or bare licence: it names the sponsor[ “{sponsor}”], and "
     "no particular {kind}.",
     "Give the number with its service serial, for this {kind} of the form {number}{suffix} (n is "
     "the serial); {query} lists all services of a subject number."},
    {Code::kWrongKind, "The filing number[ {number}] is of the kind “{given}”; wanted is “{kind}”.",
     "Give the filing number of the {kind}. Each kind of service is filed on its own, and a "
     "website's filing covers no other; if the {kind} is not filed yet, {where}."},
    {Code::kNotFiled,
     "{number} is not in the registry (serial {serial}, as of {as_of})[; an unfiled {kind} may "
     "not be {duty}].",
     "Check the number for a slip at {query}. If it is not filed, {where}. {materials}"},
    {Code::kPending,
     "{number} is not filed yet: it is {stage}[, due by {date} (20 working "
     "days)]{overdue}{calendar}.",
     "Wait for the result and go online after it. {overdue_advice}"},
    {Code::kReturned, "The application for {number} was returned.",
     "See the reasons where you submitted it and correct it; then {where}. {materials}"},
    {Code::kServiceCancelled, "The filing {number} was cancelled[ on {date}].",
     "A cancellation is final. To go on with a new filing, {where}."},
    {Code::kSubjectCancelled,
     "The subject of {number}[ (“{sponsor}”)] was cancelled[ on {date}], and all its services with "
     "it.",
     "The subject is filed again first, and then this {kind}: {where}."},
    {Code::kRevoked, "The filing {number} was revoked[ on {date}].",
     "Ask {administration} for the reasons; until it is settled it may not be {act}."},
    {Code::kBlacklisted, "The sponsor of {number}[ (“{sponsor}”)] is on the filing blacklist.",
     "Ask {administration} for the reasons; until it is off the list it may not be {act}."},
    {Code::kCancelling, "{number} is being cancelled.",
     "If that was not intended, contact the {agent} that submitted it now; after the "
     "cancellation it has to be filed again."},
    {Code::kChangePending, "A change of {number} is in review; the filed data stay valid.",
     "Until the change is approved, the filed data count."},
    {Code::kAccessRestricted, "{number} is filed, but its access is restricted.",
     "Ask {administration} or your {agent} for the reasons and put them right; until then "
     "it may not be {act}."},
    {Code::kShell, "{number} is filed, but has no access provider left (a shell).",
     "Add your present access provider to the filing, or it may be cancelled.[ Filing systems are "
     "for example: {portals}.]"},
    {Code::kNameMismatch,
     "The names differ: “{given}” was given, and {number} is filed as “{expected}”.",
     "Use the filed name; if the {kind} was renamed, have the filing changed through its {agent}."},
    {Code::kPackageNotFiled,
     "The packages differ: “{given}” was given, and {number} is filed with the[ {platform}] "
     "package “{expected}”.",
     "If it is the same {kind}, have the filing changed to add this package; else give the "
     "package's "
     "own filing number."},
    {Code::kCertificateMismatch,
     "The signing certificates differ: the package has {given}, and {number} is filed with "
     "{expected}.",
     "Sign with the filed certificate (not a debug key, and no re-signed channel package); if it "
     "was replaced, have the filing changed."},
    {Code::kPublicKeyMismatch,
     "The public keys differ: the package has {given}, and {number} is filed with {expected}.",
     "Sign with the filed certificate; if it was replaced, have the filing changed to hold the new "
     "key."},
    {Code::kPlatformNotFiled, "{number} is not filed for “{given}”; it is filed for: {expected}.",
     "Have the filing changed through its {agent} to add this platform with package, "
     "public key and fingerprint."},
    {Code::kSponsorMismatch,
     "The sponsors differ: the {field} given is “{given}”[, and {number} is filed with "
     "“{expected}”].",
     "Check the sponsor's name and certificate number; a filing cannot be handed on, so a new "
     "sponsor files again."},
    {Code::kDomainNotFiled,
     "The domain “{given}” is neither in {number} nor in another filing of its subject[; filed "
     "domains: {expected}].",
     "Have the filing changed to add the domain; a domain of somebody else is filed by them."},
    {Code::kIpNotFiled,
     "The IP address {given} is neither in {number} nor in another filing of its subject[; filed "
     "addresses: {expected}].",
     "Have your {agent} update the IP addresses of the filing."},
    {Code::kAccessNotAdded,
     "{number} is filed, but not with access by “{given}”[; filed providers: {expected}].",
     "Add your present access provider to the filing (新增接入)."},
    {Code::kApprovalMissing,
     "The category “{given}” needs prior approval, and {number} has none recorded[; recorded: "
     "{expected}].",
     "Obtain the approval of the authority in charge, then have the filing changed; if there is no "
     "such content, correct the category."},
    {Code::kDisplayMissing, "No filing number is displayed.",
     "Display {expected} in a prominent place of the {kind} and where it is distributed, linked to "
     "{query}."},
    {Code::kDisplayMismatch,
     "The number displayed is “{given}”[: {reason}]; it should be {expected}.",
     "Display {expected} instead, linked to {query}."},
    {Code::kProvinceMismatch,
     "The province of {number} is not that of the sponsor's domicile[ ({expected})].",
     "A sponsor that moved to another province cancels the filing and files again there; check the "
     "sponsor."},
    {Code::kNotComparable,
     "Not compared: {fields}. The registry does not hold them, or not all of them, or not in a "
     "form "
     "that can be compared (such as another digest algorithm or another word).",
     "[Give the {algorithms} fingerprint of the signing certificate, which is what the filing has, "
     "or better all of its fingerprints. ]To compare what the registry does not hold, ask the "
     "sponsor for these data of the filing."},
    {Code::kExemptOffline,
     "Declared to be a stand-alone {kind} without network, which needs no filing.",
     "Make sure that the declaration is true; before the {kind} uses a network, it is filed."},
    {Code::kExemptOverseas,
     "Declared to be run from abroad on servers abroad, which is no service within mainland China "
     "and needs no filing.",
     "Make sure that the declaration is true; with an operator or servers in mainland China, it is "
     "filed first."},
    {Code::kExemptionContradicted, "The declared exemption is contradicted by: {fields}.",
     "Correct the declaration; for what uses a network, or is run by somebody or on servers in "
     "mainland China, {where}."},
    {Code::kBeforeRegime,
     "The day judged by is before 2023-09-01, when filing was not yet enforced for new apps.",
     "From 2023-09-01 on, a new app is filed before it goes online."},
    {Code::kStockGrace,
     "An app that was published before 2023-09-01 has until 2024-03-31, that day included, to be "
     "filed.",
     "By 2024-03-31, {where}."},
    {Code::kRegistryStale,
     "The registry is as of {as_of}, older than it should be; the answer still holds.",
     "For the operator of the gate: see why the registry is not updated."},
    {Code::kRegistryExpired,
     "The registry is as of {as_of} and has expired: neither “not filed” nor “nothing wrong” can "
     "be said from it.",
     "Try again later. For the operator of the gate: bring the registry up to date."},
    {Code::kRegistryIncomplete,
     "The registry is incomplete: neither “not filed” nor “nothing wrong” can be said from it.",
     "Try again later. For the operator of the gate: load a complete registry."},
    {Code::kRegistryBehind,
     "The registry is at serial {serial}, before the {given} that was asked for.",
     "Try again later, or ask a gate that is up to date."},
    // MessageCase::kFoundSite
    {Code::kNumberResolved, "",
     "Make sure that this is the filing of this {kind}; found by its domain or address, it needs "
     "no number."},
    // MessageCase::kMissingHere
    {Code::kNumberMissing, "",
     "Of a filed app, give the full number with its service serial (such as {example}); of a filed "
     "website, have the filing changed to hold this domain or address; look it up at {query}. If "
     "it is not filed, {where}. {materials}"},
    // MessageCase::kSeveralHere
    {Code::kAmbiguous, "",
     "Give the full filing number of an app, or the filed name of a website; look it up at "
     "{query}."},
    // MessageCase::kHostPlatform
    {Code::kPlatformNotFiled, "",
     "Check the host platform. A {kind} is filed through the platform that it runs on; if it is "
     "not filed for “{given}” yet, {where}."},
    // MessageCase::kLifted
    {Code::kNumberMissing, "", "Nothing to do: no filing number is owed here."},
    // MessageCase::kGrace
    {Code::kNumberMissing, "",
     "Until 2024-03-31 it may be {act} without a filing; it has to be filed by then."},
    // MessageCase::kGracePending
    {Code::kPending, "",
     "Wait for the result; until 2024-03-31 it may be {act} without a filing, and it has to be "
     "filed by then. {overdue_advice}"},
    // MessageCase::kWrongLetter
    {Code::kWrongKind,
     "{number} is written as the number of the kind “{given}”; the registry has this serial as "
     "“{kind}”, which is {filed}.",
     "If it is this {kind}, give {filed}."},
    // MessageCase::kOtherSerial
    {Code::kWrongKind,
     "The registry has the serial of {number} as “{given}”, which is {filed}; wanted is “{kind}”.",
     ""},
    // MessageCase::kStatusUnknown
    {Code::kRegistryIncomplete,
     "The registry does not hold the status of {number}: whether it is filed cannot be said from "
     "it.",
     "Look it up at {query}, or try again later. For the operator of the gate: add its status to "
     "the registry."},
    // MessageCase::kHolderUnknown
    {Code::kRegistryIncomplete,
     "“{given}” is held by another service of the same subject, of which the registry does not "
     "hold the status: whether that is filed cannot be said from it.",
     "Look that service up at {query}, or try again later. For the operator of the gate: add its "
     "status to the registry."},
    // MessageCase::kUnfiledMissing
    {Code::kDisplayMissing, "",
     "Display the number that it has once it is filed, in a prominent place of the {kind}, linked "
     "to {query}."},
    // MessageCase::kUnfiledMismatch
    {Code::kDisplayMismatch, "The number displayed is “{given}”[: {reason}]; {number} was given.",
     "Give and display the one number that it has once it is filed, linked to {query}."},
}};

static_assert(is_in_order(kTemplatesEn), "one row a code, in the order of the enumerators");

constexpr StepTable<kMessageRowCount, steps::count(kTemplatesEn)> kStepsEn(kTemplatesEn);

}  // namespace

MessageSteps message_steps_en(MessageRow row) noexcept {
  return kStepsEn.message(static_cast<std::size_t>(row));
}
MessageSteps remedy_steps_en(MessageRow row) noexcept {
  return kStepsEn.remedy(static_cast<std::size_t>(row));
}

}  // namespace beian::wire
