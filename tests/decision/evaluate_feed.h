// One registry that holds every state, for the tables of evaluate_test.cc,
// evaluate_surroundings_test.cc and evaluate_registry_test.cc.
#pragma once

#include <string_view>

namespace beian::test {

// Subjects: 1 a company in Beijing; 2 cancelled; 3 blacklisted; 4 a licence holder; 5 an
// individual; 6 moved: its recorded domicile is in another province; 7 revoked; 8 cancelling; 9
// changing.
inline constexpr std::string_view kFeed = R"(
{"record":"subject","id":1,"number":"京ICP备2023000001号","sponsor":"北京示例科技有限公司","nature":"企业","certificate_number":"91110000MA00000001","status":"filed"}
{"record":"subject","id":2,"number":"沪ICP备2023000002号","sponsor":"上海注销示例有限公司","status":"cancelled","cancelled_on":"2025-05-06"}
{"record":"subject","id":3,"number":"粤ICP备2023000003号","sponsor":"广州黑名单示例有限公司","status":"blacklisted"}
{"record":"subject","id":4,"number":"粤B2-20090059","sponsor":"深圳平台示例有限公司","status":"filed"}
{"record":"subject","id":5,"number":"浙ICP备2024000005号","sponsor":"张示例","nature":"个人","certificate_number":"AZ0000001","status":"filed"}
{"record":"subject","id":6,"number":"苏ICP备2023000006号","sponsor":"迁址示例有限公司","province":"浙","status":"filed"}
{"record":"subject","id":7,"number":"皖ICP备2023000007号","sponsor":"吊销示例有限公司","status":"revoked"}
{"record":"subject","id":8,"number":"闽ICP备2023000008号","sponsor":"注销中示例有限公司","status":"cancelling"}
{"record":"subject","id":9,"number":"赣ICP备2023000009号","sponsor":"变更中示例有限公司","certificate_number":"ＡＺ１","status":"changing"}
{"record":"service","id":11,"subject_id":1,"number":"京ICP备2023000001号-1","names":["示例官网"],"status":"filed","domains":["example.cn"],"ips":["192.0.2.0-192.0.2.255"],"providers":["aliyun"]}
{"record":"service","id":12,"subject_id":1,"number":"京ICP备2023000001号-2A","names":["示例应用","Example App"],"status":"filed","limit_access":false,"approvals":["news"],"domains":["app.example.com"],"ips":["198.51.100.0/24"],"providers":["aliyun"],"platforms":[{"os":"android","package":"cn.example.app","fingerprints":["9f86d081884c7d659a2feaa0c55ad015"],"public_keys":["00c0ffee01020304050607080910111213"]},{"os":"ios","package":"cn.example.ios"}],"submitted_on":"2023-09-01","approved_on":"2023-09-20"}
{"record":"service","id":13,"subject_id":1,"number":"京ICP备2023000001号-3A","names":["已注销应用"],"status":"cancelled","cancelled_on":"2025-01-02","domains":["old.example.cn","old.example.net"],"platforms":[{"os":"android","package":"cn.example.gone"}]}
{"record":"service","id":14,"subject_id":1,"number":"京ICP备2023000001号-4A","names":["被吊销应用"],"status":"revoked"}
{"record":"service","id":15,"subject_id":1,"number":"京ICP备2023000001号-5A","names":["审核中应用"],"status":"authority_review","submitted_on":"2025-12-01","providers":[]}
{"record":"service","id":16,"subject_id":1,"number":"京ICP备2023000001号-6A","names":["被退回应用"],"status":"returned"}
{"record":"service","id":17,"subject_id":1,"number":"京ICP备2023000001号-7A","names":["限制接入应用"],"status":"filed","limit_access":true}
{"record":"service","id":18,"subject_id":1,"number":"京ICP备2023000001号-8A","names":["空壳应用"],"status":"filed","providers":[]}
{"record":"service","id":19,"subject_id":1,"number":"京ICP备2023000001号-9A","names":["变更中应用"],"status":"changing"}
{"record":"service","id":20,"subject_id":1,"number":"京ICP备2023000001号-10A","names":["注销中应用"],"status":"cancelling"}
{"record":"service","id":21,"subject_id":1,"number":"京ICP备2023000001号-11X","names":["示例小程序"],"status":"filed","host_platform":"wechat","providers":[]}
{"record":"service","id":22,"subject_id":1,"number":"京ICP备2023000001号-12K","names":["示例快应用"],"status":"filed"}
{"record":"service","id":23,"subject_id":1,"number":"京ICP备2023000001号-13A","names":["无状态应用"]}
{"record":"service","id":24,"subject_id":1,"number":"京ICP备2023000001号-14A","names":["单机应用"],"status":"filed","approvals":["ＮＥＷＳ、 宗教","网络出版服务许可证"],"platforms":[{"os":"android","package":"cn.example.shared"}]}
{"record":"service","id":31,"subject_id":2,"number":"沪ICP备2023000002号-1A","names":["主体已注销的应用"],"status":"filed"}
{"record":"service","id":32,"subject_id":3,"number":"粤ICP备2023000003号-1A","names":["黑名单应用"],"status":"filed"}
{"record":"service","id":33,"subject_id":4,"number":"粤B2-20090059-1626A","names":["平台应用"],"status":"filed","platforms":[{"os":"android","package":"cn.example.shared"}]}
{"record":"service","id":40,"subject_id":4,"number":"粤B2-20090059-1627A","names":["租用平台"],"status":"filed","domains":["sinaapp.com","amazonaws.com.cn","com.cn"]}
{"record":"service","id":34,"subject_id":5,"number":"浙ICP备2024000005号-1A","names":["个人应用"],"status":"filed","domains":["person.example.net"]}
{"record":"service","id":35,"subject_id":6,"number":"苏ICP备2023000006号-1A","names":["迁址应用"],"status":"filed"}
{"record":"service","id":36,"subject_id":7,"number":"皖ICP备2023000007号-1A","names":["吊销主体的应用"],"status":"filed"}
{"record":"service","id":37,"subject_id":8,"number":"闽ICP备2023000008号-1A","names":["主体注销中的应用"],"status":"filed"}
{"record":"service","id":38,"subject_id":9,"number":"赣ICP备2023000009号-1A","names":["主体变更中的应用"],"status":"filed"}
{"record":"service","id":39,"subject_id":1,"number":"京ICP证030173号-1A","names":["证下应用"],"status":"filed","approvals":["医疗保健","教育"],"domains":[],"ips":[]}
)";

}  // namespace beian::test

// Fields of requests about that registry, to be joined with others: a number that is filed, and one
// that is not.
#define NUMBER "'filing_number':'京ICP备2023000001号-2A'"
#define UNFILED "'filing_number':'京ICP备2023000001号-99A'"
#define APP(fields) NUMBER ",'app':{" fields "}"
