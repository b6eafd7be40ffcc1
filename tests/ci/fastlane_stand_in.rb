# What conf/ci/Fastfile uses of fastlane, for a test: prints what fastlane would show, and ends with
# 1 where fastlane would.
require "json"
require "open3"

module UI
  def self.success(text) = puts("success: #{text}")
  def self.important(text) = puts("important: #{text}")

  def self.user_error!(text)
    puts("error: #{text}")
    exit(1)
  end
end

LANES = {}

def desc(_text) = nil

def lane(name, &block)
  LANES[name] = block
end

def sh(*command, log: true)
  output, status = Open3.capture2e(*command)
  yield(status, output, command)
end

load(ARGV[0])
LANES.fetch(:filing_check).call(JSON.parse(ARGV[1], symbolize_names: true))
