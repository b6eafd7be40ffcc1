#include "gate/http/session.h"

namespace beian::http {

void Session::start(std::string_view peer) {
  codec_.start_connection(peer);
  input_.clear(limits::kBuffersKeptBytesMax);
  output_sent();
  answers_count_ = 0;
  is_over_ = has_more_ = false;
}

void Session::proceed() {
  has_more_ = false;
  while (!is_over_ && !input_.empty()) {
    if (output_.size() >= limits::kOutputBytesHigh) {
      has_more_ = true;
      return;
    }
    switch (codec_.advance(&input_, worker_.service)) {
      case Progress::kNeedMore:
        if (codec_.take_continue()) output_.append(kContinueAnswer);
        return;
      case Progress::kComplete:
        answer();
        break;
      case Progress::kRefused:
        refuse(codec_.refusal());
        break;
    }
  }
}

void Session::answer() {
  Response& response = worker_.response;
  response.reset();
  worker_.service.answer(codec_.request(), &response);
  is_over_ = response.must_close || !codec_.keeps_alive() || worker_.is_draining;
  append_answer(codec_.request(), response, worker_.common_fields.text(), is_over_, &output_);
  worker_.stats.requests.add();
  ++answers_count_;
  codec_.next(&input_);
}

void Session::refuse(const Refusal& refusal) {
  Response& response = worker_.response;
  response.reset();
  response.status = refusal.status;
  worker_.service.refuse(codec_.request(), refusal, &response);
  is_over_ = true;
  append_answer(codec_.request(), response, worker_.common_fields.text(), is_over_, &output_);
  worker_.stats.count_refusal(refusal.status);
  ++answers_count_;
}

void Session::refuse_slow() {
  refuse({408, "The request did not arrive in time."});
}

void Session::output_sent() noexcept {
  worker_.stats.bytes_out.add(output_.size());
  output_.clear();
  if (output_.capacity() > limits::kBuffersKeptBytesMax) output_.shrink_to_fit();
  if (input_.empty()) input_.clear(limits::kBuffersKeptBytesMax);
}

}  // namespace beian::http
