// Answers `POST /v1/packages:inspect`: what a package says about itself, as `beian-gate inspect`
// shows it, for those who cannot run that. It accepts the uploads; the PackageDesk, which all
// workers share, reads them.
//
// One per GateService, on its worker's thread. What it is given outlives it.
#pragma once

#include "gate/http/door.h"
#include "gate/http/exchange.h"

namespace beian::http {

class PackageDesk;

class UploadDesk {
 public:
  // `packages` null: packages are not accepted.
  UploadDesk(PackageDesk* packages, AnswerStats* stats, Door* door)
      : packages_(packages), stats_(*stats), door_(*door) {}

  void begin(Exchange* exchange);

 private:
  PackageDesk* const packages_;
  AnswerStats& stats_;
  Door& door_;
};

}  // namespace beian::http
