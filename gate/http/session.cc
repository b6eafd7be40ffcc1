#include "gate/http/session.h"

#include <utility>

namespace beian::http {

void Session::start(std::string_view peer, std::function<void()> wake) {
  codec_.start_connection(peer);
  end();
  wake_ = std::move(wake);
  answers_count_ = 0;
}

void Session::end() noexcept {
  in_progress_ = std::monostate{};
  next_ = Next::kRead;
  drop_input();
  clear_output();
}

void Session::clear_output() noexcept {
  output_.clear();
  if (output_.capacity() > limits::kBuffersKeptBytesMax) output_.shrink_to_fit();
}

void Session::resume() noexcept {
  if (is_uploading()) next_ = Next::kProceed;
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
  if (next_ == Next::kEnd) return;
  // The codec has completed it, and may not be asked again.
  bool is_complete = next_ == Next::kHandOver;
  next_ = Next::kRead;
  while (next_ == Next::kRead && (is_answering_body() || !input_.empty())) {
    if (output_.size() >= limits::kOutputBytesHigh) {
      next_ = is_complete ? Next::kHandOver : Next::kProceed;
      return;
    }
    if (auto* const streaming = std::get_if<Streaming>(&in_progress_)) {
      if (!proceed_stream(streaming)) return;
      continue;
    }
    if (auto* const uploading = std::get_if<Uploading>(&in_progress_)) {
      if (!proceed_upload(uploading)) return;
      continue;
    }
    switch (std::exchange(is_complete, false) ? Progress::kComplete
                                              : codec_.advance(&input_, worker_->service)) {
      case Progress::kNeedMore:
        if (codec_.take_continue()) output_.append(kContinueAnswer);
        return;
      case Progress::kComplete:
        // Earlier answers are first sent from here: they may have to wait for this worker's gate.
        if (belongs_to_other_lane())
          next_ = Next::kHandOver;
        else
          codec_.is_body_streamed() ? begin_stream() : answer();
        break;
      case Progress::kRefused:
        refuse(codec_.refusal());
        break;
    }
  }
}

// Whether the complete request must be answered in the other lane. Bulk without a body will be
// refused, because its body is unwanted or missing. Any lane can do that at once.
bool Session::belongs_to_other_lane() const {
  if (!worker_->has_other_lane || worker_->is_draining) return false;
  const Request& request = codec_.request();
  const bool is_bulk = worker_->service.is_bulk(request);
  const bool is_refused = is_bulk && request.body.empty() && !codec_.is_body_streamed();
  return is_bulk != worker_->is_bulk_lane && !is_refused;
}

// Appends the answer that is in the worker's response.
void Session::put_answer(const Request& request, bool is_last) {
  append_answer(request, worker_->response, worker_->common_fields.text(), is_last, &output_);
  ++answers_count_;
  if (is_last) next_ = Next::kEnd;
}

void Session::answer() {
  Response& response = worker_->response;
  response.reset();
  worker_->service.answer(codec_.request(), &response);
  const bool passes_body = response.passes_body && codec_.may_pass_body();
  put_answer(codec_.request(),
             response.must_close || !(codec_.keeps_alive() || passes_body) || worker_->is_draining);
  worker_->stats.requests.add();
  passes_body ? codec_.pass_body(&input_) : codec_.next(&input_);
}

// Begins the answer to a request with a streamed body. A Stream answers in chunks or, on HTTP/1.0,
// up to the end of the connection.
void Session::begin_stream() {
  Response& response = worker_->response;
  response.reset();
  auto stream = worker_->service.answer_stream(codec_.request(), &response);
  auto upload = worker_->service.take_upload();
  const bool is_wanted = stream != nullptr || upload != nullptr;
  if (is_wanted && codec_.take_continue()) output_.append(kContinueAnswer);
  if (upload != nullptr) return begin_upload(std::move(upload), response.must_close);
  worker_->stats.requests.add();
  if (stream == nullptr) {
    const bool passes_body = response.passes_body && codec_.may_pass_body();
    put_answer(codec_.request(), response.must_close || !passes_body || worker_->is_draining);
    if (passes_body) codec_.pass_body(&input_);
    return;
  }
  const bool is_chunked = !codec_.request().is_http_10;
  const bool is_last =
      !is_chunked || response.must_close || !codec_.keeps_alive() || worker_->is_draining;
  append_stream_head(response, worker_->common_fields.text(), is_chunked, is_last, &output_);
  ++answers_count_;
  in_progress_ = Streaming{std::move(stream), is_chunked, is_last};
  codec_.begin_pieces(&input_);
  input_.reserve(limits::kStreamReadBytes);
}

// Answers the piece that has arrived; false when the next one must be read first, or at a refusal.
bool Session::proceed_stream(Streaming* streaming) {
  std::string_view piece;
  switch (codec_.next_piece(&input_, &piece)) {
    case Progress::kNeedMore:
      return false;
    case Progress::kRefused:
      // The answer has already begun, so all we can do is break it off.
      worker_->stats.count_refusal(codec_.refusal().status);
      in_progress_ = std::monostate{};
      next_ = Next::kEnd;
      return false;
    case Progress::kComplete:
      break;
  }
  const bool is_end = piece.empty();
  std::string& part = worker_->response.body;
  part.clear();
  if (is_end)
    streaming->stream->finish(&part);
  else
    codec_.consume_piece(&input_, streaming->stream->take(piece, &part));
  append_stream_part(part, streaming->is_chunked, is_end, &output_);
  if (is_end) {
    if (streaming->is_last || worker_->is_draining) next_ = Next::kEnd;
    in_progress_ = std::monostate{};
  }
  return true;
}

// `must_close`: the connection ends with the answer, which is only made later.
void Session::begin_upload(std::unique_ptr<Upload> upload, bool must_close) {
  Request request;
  request.method = codec_.request().method;
  request.is_http_10 = codec_.request().is_http_10;
  upload->on_progress(wake_);
  in_progress_ = Uploading{std::move(upload), request, must_close || !codec_.keeps_alive()};
  codec_.begin_pieces(&input_);
  input_.reserve(limits::kStreamReadBytes);
}

// Answers, or passes on the piece that has arrived; false when it must wait or read first.
bool Session::proceed_upload(Uploading* uploading) {
  Response& response = worker_->response;
  response.reset();
  if (uploading->upload->answer(&response)) {
    end_upload(*uploading, uploading->is_last || !uploading->is_complete || response.must_close);
    worker_->stats.requests.add();
    return true;
  }
  if (uploading->is_complete) {
    next_ = Next::kWait;
    return false;
  }
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
    uploading->upload->finish();
    uploading->is_complete = true;
    return true;
  }
  const std::size_t taken = uploading->upload->take(piece);
  if (taken > 0)
    codec_.consume_piece(&input_, taken);
  else
    next_ = Next::kWait;
  return taken > 0;
}

// Appends the answer that is in the worker's response, and ends `uploading`. `is_last` also if the
// body is incomplete: what is left of it is not parsed.
void Session::end_upload(const Uploading& uploading, bool is_last) {
  put_answer(uploading.request, is_last || worker_->is_draining);
  in_progress_ = std::monostate{};
}

void Session::refuse(const Refusal& refusal) {
  Response& response = worker_->response;
  response.reset();
  response.status = refusal.status;
  worker_->stats.count_refusal(refusal.status);
  if (auto* const uploading = std::get_if<Uploading>(&in_progress_)) {
    // The head was dropped, so the codec's request no longer has it.
    uploading->upload->refuse(refusal, &response);
    return end_upload(*uploading, /*is_last=*/true);
  }
  worker_->service.refuse(codec_.request(), refusal, &response);
  put_answer(codec_.request(), /*is_last=*/true);
}

void Session::refuse_slow() {
  refuse({408, "The request did not arrive in time."});
}

void Session::output_sent() noexcept {
  // A body in progress fills the buffers again at once, so they keep their memory.
  if (is_answering_body()) return output_.clear();
  clear_output();
  if (input_.empty()) input_.clear(limits::kBuffersKeptBytesMax);
}

}  // namespace beian::http
