#include "gate/http/session.h"

#include <utility>

namespace beian::http {

void Session::start(std::string_view peer, std::function<void()> wake) {
  codec_.start_connection(peer);
  end();
  wake_ = std::move(wake);
  answers_count_ = 0;
  is_over_ = has_more_ = is_complete_ = is_for_other_lane_ = false;
}

void Session::end() noexcept {
  stream_.reset();
  upload_.reset();
  is_waiting_ = false;
  drop_input();
  clear_output();
}

void Session::clear_output() noexcept {
  output_.clear();
  if (output_.capacity() > limits::kBuffersKeptBytesMax) output_.shrink_to_fit();
}

void Session::resume() noexcept {
  has_more_ = has_more_ || upload_ != nullptr;
  is_waiting_ = false;
}

void Session::proceed() {
  if (worker_->stopwatch == nullptr) return answer_all();
  const std::uint64_t answers_before = answers_count_;
  const std::chrono::nanoseconds began = worker_->stopwatch();
  worker_->service.batch_begins(began - worker_->round_began);
  answer_all();
  if (answers_count_ != answers_before)
    worker_->service.batch_answered(worker_->stopwatch() - began);
}

void Session::answer_all() {
  has_more_ = false;
  while (!is_over_ && (stream_ != nullptr || upload_ != nullptr || !input_.empty())) {
    if (output_.size() >= limits::kOutputBytesHigh) {
      has_more_ = true;
      return;
    }
    if (stream_ != nullptr) {
      if (!proceed_stream()) return;
      continue;
    }
    if (upload_ != nullptr) {
      if (!proceed_upload()) return;
      continue;
    }
    switch (is_complete_ ? Progress::kComplete : codec_.advance(&input_, worker_->service)) {
      case Progress::kNeedMore:
        if (codec_.take_continue()) output_.append(kContinueAnswer);
        return;
      case Progress::kComplete:
        if (waits_for_other_lane()) return;
        codec_.is_body_streamed() ? begin_stream() : answer();
        break;
      case Progress::kRefused:
        refuse(codec_.refusal());
        break;
    }
  }
}

// True when the complete request must be answered in the other lane. Earlier answers are first sent
// from here, since they may have to wait for this worker's gate.
bool Session::waits_for_other_lane() {
  is_complete_ = worker_->has_other_lane && !worker_->is_draining && !belongs_here();
  has_more_ = is_complete_;
  is_for_other_lane_ = is_complete_ && output_.empty();
  return is_complete_;
}

// Bulk without a body will be refused, because its body is unwanted or missing. Any lane can do
// that at once.
bool Session::belongs_here() const {
  const Request& request = codec_.request();
  const bool is_bulk = worker_->service.is_bulk(request);
  const bool is_refused = is_bulk && request.body.empty() && !codec_.is_body_streamed();
  return is_bulk == worker_->is_bulk_lane || is_refused;
}

void Session::answer() {
  Response& response = worker_->response;
  response.reset();
  worker_->service.answer(codec_.request(), &response);
  const bool passes_body = response.passes_body && codec_.may_pass_body();
  is_over_ = response.must_close || !(codec_.keeps_alive() || passes_body) || worker_->is_draining;
  append_answer(codec_.request(), response, worker_->common_fields.text(), is_over_, &output_);
  worker_->stats.requests.add();
  ++answers_count_;
  passes_body ? codec_.pass_body(&input_) : codec_.next(&input_);
}

// Begins the answer to a request with a streamed body. A Stream answers in chunks or, on HTTP/1.0,
// up to the end of the connection.
void Session::begin_stream() {
  Response& response = worker_->response;
  response.reset();
  stream_ = worker_->service.answer_stream(codec_.request(), &response);
  upload_ = worker_->service.take_upload();
  const bool is_wanted = stream_ != nullptr || upload_ != nullptr;
  if (is_wanted && codec_.take_continue()) output_.append(kContinueAnswer);
  if (upload_ != nullptr) return begin_upload(response.must_close);
  if (stream_ == nullptr) {
    const bool passes_body = response.passes_body && codec_.may_pass_body();
    is_over_ = response.must_close || !passes_body || worker_->is_draining;
    append_answer(codec_.request(), response, worker_->common_fields.text(), is_over_, &output_);
    if (passes_body) codec_.pass_body(&input_);
  } else {
    is_stream_chunked_ = !codec_.request().is_http_10;
    is_stream_last_ =
        !is_stream_chunked_ || response.must_close || !codec_.keeps_alive() || worker_->is_draining;
    append_stream_head(response, worker_->common_fields.text(), is_stream_chunked_, is_stream_last_,
                       &output_);
    codec_.begin_pieces(&input_);
    input_.reserve(limits::kStreamReadBytes);
  }
  worker_->stats.requests.add();
  ++answers_count_;
}

// Answers the piece that has arrived; false when the next one must be read first, or at a refusal.
bool Session::proceed_stream() {
  std::string_view piece;
  switch (codec_.next_piece(&input_, &piece)) {
    case Progress::kNeedMore:
      return false;
    case Progress::kRefused:
      // The answer has already begun, so all we can do is break it off.
      worker_->stats.count_refusal(codec_.refusal().status);
      stream_.reset();
      is_over_ = true;
      return false;
    case Progress::kComplete:
      break;
  }
  const bool is_end = piece.empty();
  std::string& part = worker_->response.body;
  part.clear();
  if (is_end)
    stream_->finish(&part);
  else
    codec_.consume_piece(&input_, stream_->take(piece, &part));
  append_stream_part(part, is_stream_chunked_, is_end, &output_);
  if (is_end) {
    stream_.reset();
    is_over_ = is_stream_last_ || worker_->is_draining;
  }
  return true;
}

// `must_close`: the connection ends with the answer, which is only made later.
void Session::begin_upload(bool must_close) {
  upload_request_ = {};
  upload_request_.method = codec_.request().method;
  upload_request_.is_http_10 = codec_.request().is_http_10;
  is_upload_last_ = must_close || !codec_.keeps_alive();
  is_upload_complete_ = false;
  upload_->on_progress(wake_);
  codec_.begin_pieces(&input_);
  input_.reserve(limits::kStreamReadBytes);
}

// Answers, or passes on the piece that has arrived; false when it must wait or read first.
bool Session::proceed_upload() {
  Response& response = worker_->response;
  response.reset();
  if (upload_->answer(&response)) {
    end_upload(is_upload_last_ || !is_upload_complete_ || response.must_close);
    worker_->stats.requests.add();
    return true;
  }
  is_waiting_ = is_upload_complete_;
  if (is_waiting_) return false;
  std::string_view piece;
  switch (codec_.next_piece(&input_, &piece)) {
    case Progress::kNeedMore:
      return false;
    case Progress::kRefused:
      refuse(codec_.refusal());
      return false;
    case Progress::kComplete:
      break;
  }
  if (piece.empty()) {
    upload_->finish();
    is_upload_complete_ = true;
    return true;
  }
  const std::size_t taken = upload_->take(piece);
  is_waiting_ = taken == 0;
  if (taken > 0) codec_.consume_piece(&input_, taken);
  return !is_waiting_;
}

// Appends the answer that is in the worker's response. `is_last` also if the body is incomplete:
// what is left of it is not parsed.
void Session::end_upload(bool is_last) {
  is_over_ = is_last || worker_->is_draining;
  append_answer(upload_request_, worker_->response, worker_->common_fields.text(), is_over_,
                &output_);
  upload_.reset();
  is_waiting_ = false;
  ++answers_count_;
}

void Session::refuse(const Refusal& refusal) {
  Response& response = worker_->response;
  response.reset();
  response.status = refusal.status;
  if (upload_ != nullptr) {
    // The head was dropped, so the codec's request no longer has it.
    upload_->refuse(refusal, &response);
    worker_->stats.count_refusal(refusal.status);
    return end_upload(/*is_last=*/true);
  }
  worker_->service.refuse(codec_.request(), refusal, &response);
  is_over_ = true;
  append_answer(codec_.request(), response, worker_->common_fields.text(), is_over_, &output_);
  worker_->stats.count_refusal(refusal.status);
  ++answers_count_;
}

void Session::refuse_slow() {
  refuse({408, "The request did not arrive in time."});
}

void Session::output_sent() noexcept {
  // A body in progress fills the buffers again at once, so they keep their memory.
  if (stream_ != nullptr || upload_ != nullptr) return output_.clear();
  clear_output();
  if (input_.empty()) input_.clear(limits::kBuffersKeptBytesMax);
}

}  // namespace beian::http
