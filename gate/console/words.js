// Every text of the page, one per line: `key|zh-CN|en`. Texts from the gate itself (messages,
// remedies, clauses, titles of findings) come in the requested language, and are not repeated here.

const WORDS = new Map(`
title|App 备案核验|App filing gate
skip|跳到正文|Skip to content
nav|功能|Views
check|核验|Check
audit|批量审核|Audit
package|安装包|Package
registry|登记库|Registry
operations|运行|Operations
other-language|English|中文
key-button|密钥|API key
key-set|密钥已填|API key set
key-title|API 密钥|API key
key-help|以 Authorization: Bearer 发送。只保存在本页内存中，刷新或关闭即忘。|Sent as Authorization: Bearer. Kept in the memory of this page only; a reload forgets it.
key-label|密钥|Key
key-use|使用|Use it
key-forget|清除|Forget it
close|关闭|Close
cancel|取消|Cancel
retry|重试|Try again
copy|复制|Copy
copied|已复制|Copied
comma|、|, 
loading|正在读取…|Loading…
foot|依据登记库快照判断；不构成法律意见。|Decides by a snapshot of the registry. Not legal advice.
# errors
error-network|网关没有应答|The gate does not answer
error-network-help|请确认它还在运行、网络可达，然后重试。|Make sure that it runs and can be reached, then try again.
error-key|需要 API 密钥|An API key is needed
error-key-help|这个网关只回答有密钥的调用方；请填写后重试。|This gate answers callers with a key. Enter yours, then try again.
error-forbidden|这个密钥不允许此操作|This key is not allowed to do that
error-busy|网关正忙|The gate is busy
error-busy-help|请稍候重试。|Try again in a moment.
error-request|请求有误|The request has a fault
error-other|出错了|Something went wrong
error-field|位置：{0}|At {0}
# decisions
d-allow|放行|Allowed
d-review|待复核|To review
d-unknown|无法判断|Undecided
d-deny|拒绝|Denied
d-bad|无法读取|Unreadable
h-allow|没有问题，或只有提示。|Nothing found, or notes only.
h-review|须由人工确认后才能放行。|A person has to look before it goes ahead.
h-unknown|现有登记库不足以判断；请稍后再试或上报。|The registry at hand cannot tell. Try again later, or escalate.
h-deny|整改前不得上架、接入或预置。|Must not go ahead until its findings are put right.
h-would|策略处于观察模式；完全执行时为：{0}。|Policy is observing only; fully enforced this would be: {0}.
e-note|提示|note
e-allow|放行|allow
e-review|复核|review
e-unknown|无法判断|unknown
e-deny|拒绝|deny
# check: the form
check-lead|这个 App 能否上架、接入或预置？|May this app be distributed, connected, preinstalled?
operation|用途|Operation
o-distribute|上架分发|Distribute
o-connect|网络接入|Connect
o-preinstall|设备预置|Preinstall
o-distribute-help|应用商店|an app store
o-connect-help|接入服务商|an access provider
o-preinstall-help|设备厂商|a device maker
f-filing_number|备案号|Filing number
f-filing_number-help|任何写法都行；留空则按包名、证书或域名查找。|In any typography. Left empty, the filing is looked for by package, certificate or domain.
app-part|App|The app
f-app.name|名称|Name
f-app.platform|操作系统平台|Platform
f-app.package|包名或 Bundle ID|Package or Bundle ID
f-app.kind|类型|Kind
f-app.sponsor.name|主办者|Sponsor
f-app.sponsor.certificate_number|主办者证件号|Sponsor’s certificate
f-app.fingerprint|签名证书指纹|Certificate fingerprint
f-app.fingerprint-help|MD5、SHA-1 或 SHA-256|MD5, SHA-1 or SHA-256
f-app.public_key|公钥|Public key
f-app.public_key-help|RSA 模数、PEM 或 base64|RSA modulus, PEM or base64
f-app.domains|域名|Domains
f-app.ips|IP 地址|IP addresses
f-app.categories|内容类别|Categories
f-list-help|多个用逗号分隔|separated by commas
f-app.host_platform|宿主平台|Host platform
f-app.displayed_number|App 内展示的备案号|Number displayed
f-app.displayed_number-help|"" 表示没有展示|"" says that it shows none
f-app.first_published|首次上架日期|First published
f-provider|接入服务商|Access provider
f-as_of|按哪一天的规则|Rules as of
f-min_serial|登记库序号至少|Registry serial at least
f-app.version|版本|Version
f-app.offline|单机，不联网|Stand-alone, no network
f-app.network_permission|申请网络权限|Asks for the network
f-app.operator_overseas|境外主体运营|Run from abroad
f-app.servers_overseas|服务器在境外|Servers abroad
more|更多信息|More about it
more-count|更多信息（已填 {0} 项）|More about it ({0} given)
not-given|未填写|not given
other|其他|other
any-yes|是|yes
any-no|否|no
submit|核验|Check
clear|清空|Clear
paste-title|粘贴 JSON 填写|Fill from JSON
paste-help|一个核验请求，或其中的 app 对象。|A check request, or the app object of one.
paste-use|填入|Fill in
paste-bad|不是 JSON 对象。|Not a JSON object.
paste-none|没有认得的字段。|No known field in it.
try-title|试一试|Try one
try-pass|已备案的 App|a filed app
try-cancelled|已注销|a cancelled one
try-website|网站的备案号|a website’s number
try-typo|写法不规范|odd typography
try-none|只有包名|a package only
# check: how a number reads
n-canonical|规范写法|Canonical
n-main|主体序号|Main digits
n-serial|服务序号|Serial
n-folded|统一了字形（全角、繁体、大小写、空白等），含义不变。|Typography was unified (width, traditional characters, case, blanks); the meaning is the same.
n-repaired|做了修正才能识别：{0}。|Readable after repairs: {0}.
n-implausible|像是占位号码，或年份不可能存在。|Looks like a placeholder, or has an impossible year.
n-subject|这是主体备案号，还缺服务序号，例如 -1A。|This is the number of a subject; the serial of the service is missing, such as -1A.
n-bad|这不是备案号：{0}。|Not a filing number: {0}.
n-other|这是{0}的号码，不是 ICP 备案号。|This is a number of another register: {0}.
form-filing|ICP 备案|ICP filing
form-icp_licence|ICP 许可证|ICP licence
form-licence|增值电信许可证|telecom licence
k-app|App|app
k-mini_program|小程序|mini-program
k-quick_app|快应用|quick app
k-website|网站|website
k-none|无|none
r-empty|是空白|it is blank
r-too_long|太长，超过 512 字节|longer than 512 bytes
r-not_utf8|不是 UTF-8|not UTF-8
r-missing_province|缺少省份简称|the province is missing
r-unknown_province|开头的字不是省份简称|it begins with no province
r-missing_token|缺少“ICP备”|“ICP备” is missing
r-unknown_class|没有这种许可证类别|no such licence class
r-main_digit_count|位数不对，应为 8 位或 10 位|it needs 8 or 10 digits
r-main_not_digits|数字中有别的字符|other characters among the digits
r-kind_without_serial|有字母却没有序号|a letter without a serial
r-serial_missing|连字符后没有序号|nothing after the hyphen
r-serial_zero|序号不能是 0|the serial is 0
r-serial_leading_zero|序号前有 0|the serial begins with 0
r-serial_too_large|序号太大|the serial is too large
r-unknown_kind|结尾字母不是 A、X、K|the last letter is not A, X or K
r-unexpected_text|中间有多余的文字|there is text that does not belong
p-extra_an|多了“案”、“号”、冒号或连字符|案, 号, a colon or a hyphen before the digits
p-extra_di|多了“字”或“第”|字 or 第 too many
p-doubled_token|省份、“ICP备”或“ICP证”重复或多余|the province, ICP备 or ICP证 twice, or before a licence
p-missing_hao|缺“号”|no 号
p-hao_after_serial|“号”在序号之后|号 behind the serial
p-trailing_text|后面有多余文字|text behind it
p-leading_label|前面有标签|a label before it
p-province_alias|省份用了别称|another name of the province
p-extra_hao|多了“号”|号 too many
p-misspelt_token|“ICP备”或“ICP证”写错|ICP备 or ICP证 misspelt
p-spelt_out_token|“ICP证”写成“ICP许可证”|ICP证 spelt out as ICP许可证
w-public_security|公安备案|public security
w-culture|文化经营|culture
w-audiovisual|视听许可|audiovisual
w-registrar_licence|域名注册服务许可|domain registrar licence
w-software_copyright|软件著作权|software copyright
w-education|教育备案|education
# check: the answer
answer|结论|Answer
answer-empty|填好备案号或 App 信息，结论会出现在这里。|Give a number, or an app, and the answer stands here.
answer-empty-help|会说明发现了什么、比对了什么、登记库里是什么，以及下一步怎么办。|With what was found, what was compared, what the registry holds, and what to do next.
answer-busy|正在核验…|Checking…
display|App 内应展示|To be displayed in the app
assurance|身份核实程度|Identity that was compared
a-none|未核实|none
a-number|备案号|number
a-name|名称|name
a-package|包名|package
a-certificate|证书|certificate
findings|发现|Findings
findings-none|没有发现问题。|Nothing was found.
given|填写|Given
filed|备案|Filed
basis|依据|Basis
remedy|怎么办|What to do
compared|比对|Compared
c-number|备案号|number
c-kind|类型|kind
c-name|名称|name
c-sponsor|主办者|sponsor
c-platform|平台|platform
c-package|包名|package
c-certificate|证书|certificate
c-domain|域名|domain
c-ip|IP|IP
c-true|一致|matches
c-false|不一致|differs
c-null|未比对|not compared
c-no-number|未找到|not found
filing|备案信息|The filing
filing-names|名称|Names
filing-sponsor|主办者|Sponsor
filing-nature|性质|Nature
filing-status|状态|Status
filing-approved|审核通过|Approved
filing-kind|类型|Kind
s-filed|已备案|filed
s-submitted|已提交|submitted
s-provider_review|服务商审核中|in review by the provider
s-authority_review|管理局审核中|in review by the administration
s-returned|已退回|returned
s-changing|变更中|changing
s-cancelling|注销中|being cancelled
s-cancelled|已注销|cancelled
s-revoked|已收回|revoked
s-blacklisted|黑名单|blacklisted
s-unknown|未知|unknown
suggestions|是不是这个？|Was this meant?
candidates|符合的备案|Filings that fit
use|改用 {0} 再核验|Check with {0}
curl|同样的请求，用 curl|The same by curl
json|完整应答（JSON）|The whole answer (JSON)
share|复制链接|Copy the link
share-long|内容太长，链接里只有备案号|Too long for a link: it holds the number only
query-url|到主管部门网站查询|Look it up at the ministry
judged-by|依据登记库 {0}，数据截至 {1}|Judged by registry {0}, as of {1}
decision-id|编号|Id
# registry state
state-fresh|有效|fresh
state-stale|滞后|stale
state-expired|过期|expired
state-gone|连不上|unreachable
state-unsealed|不完整|incomplete
stale-warning|登记库滞后：数据是 {0}前的。结论仍有效，请尽快更新。|The registry is stale: its data are {0} old. Decisions stand; update it soon.
expired-warning|登记库已过期：数据是 {0}前的。“未备案”不再断言，会显示“无法判断”。|The registry has expired: its data are {0} old. What is not filed cannot be told; such answers are “undecided”.
unsealed-warning|登记库不完整：查不到不等于未备案，会显示“无法判断”。|The registry is incomplete: what is not in it may still be filed; such answers are “undecided”.
registry-chip|登记库 {0}|Registry {0}
registry-lead|网关据以判断的快照|The snapshot that the gate decides by
serial|序号|Serial
as-of|数据截至|As of
age|已过|Age
state|状态|State
source|来源|Source
signature|签名|Signature
sealed|完整封存|Sealed
sig-unsigned|未签名|unsigned
sig-unchecked|未核对|unchecked
sig-trusted|可信|trusted
root-hash|根哈希|Root hash
test-identities|含测试主体|Holds test identities
subjects|主体|Subjects
services|服务|Services
by-kind|按类型|By kind
by-status|按状态|By status
by-province|按省份|By province
by-province-help|颜色越重，服务越多。|The stronger the colour, the more services.
province-none|登记库里没有服务。|The registry holds no services.
follower|跟随 Redis|Following Redis
follower-none|没有跟随 Redis：登记库来自文件，换文件即更新。|No Redis is followed: the registry is a file, and is replaced with it.
fs-starting|启动中|starting
fs-connecting|连接中|connecting
fs-full_resync|全量同步|full resync
fs-partial_resync|增量同步|partial resync
fs-following|已同步|following
fs-waiting|等待中|waiting
since|自|Since
epoch|世代|Epoch
lag|落后批次|Batches behind
last-contact|上次应答|Last contact
last-error|上次错误|Last error
copy-error|本地副本|Local copy
changes|最近的变化|Last changes
change-kind|种类|Kind
records|记录|Records
at|生效|Served since
ch-local_copy|本地副本|local copy
ch-file|文件|file
ch-built_in|内置|built-in
ch-snapshot|快照|snapshot
ch-delta|增量|delta
changes-none|还没有变化。|No change yet.
yes|是|yes
no|否|no
unknown|未知|not known
# audit
audit-lead|把整个目录审一遍；数据只发给这个网关。|A whole catalog at once. It goes to this gate and nowhere else.
drop|把 CSV 或 NDJSON 文件拖到这里|Drop a CSV or NDJSON file here
drop-help|也可以是 .gz。一行一个核验请求；CSV 表头如 operation,filing_number,name,platform,package。|Packed as .gz, too. One check request a row; a CSV has a header such as operation,filing_number,name,platform,package.
choose|选择文件|Choose a file
sample|用示例目录试试|Try a sample
row-operation|没写用途的行按|Rows without an operation are
encoding|文字编码|Encoding
encoding-auto|自动|automatic
audit-running|正在审核 {0}|Auditing {0}
audit-stopped|已停止：{0}|Stopped: {0}
audit-cancelled|已取消|cancelled
audit-progress|{0} 行 · {1} 行/秒|{0} rows · {1} rows/s
audit-progress-label|审核进度|Progress of the audit
audit-headline|{0} 行中 {1} 行可放行|{1} of {0} rows may go ahead
audit-partial|（中途停止，只有此前的行。）|(Stopped early: these are the rows until then.)
audit-empty|目录中没有任何行。|The catalog has no rows.
audit-changed|审核期间登记库更新了（序号 {0} 到 {1}）；各行按当时的登记库判断。|The registry changed meanwhile (serial {0} to {1}); each row was judged by the one of its moment.
audit-replaced|审核期间登记库换成了另一个序号同为 {0} 的登记库；各行按当时的登记库判断。|The registry was replaced meanwhile by another one of the same serial {0}; each row was judged by the one of its moment.
export-csv|导出 CSV|Export CSV
export-html|导出报告|Export report
exporting|正在生成…|Writing…
another|另审一个|Another one
stop|停止|Stop
findings-chart|发现的问题|Findings
rows|明细|Rows
row|行|Row
decision|结论|Decision
app|应用|App
col-package|包名|Package
number|备案号|Filing number
find|查找|Find
find-help|名称、包名、备案号…|name, package, number…
all|全部|all
finding|问题|Finding
rows-shown|{0} 行|{0} rows
rows-of|{1} 行中的 {0} 行|{0} of {1} rows
rows-none|没有符合条件的行|No row fits
rows-table|审核明细，可滚动|Audited rows, scrollable
open-row|在“核验”中打开第 {0} 行|Open row {0} in Check
searching|正在查找…|Searching…
untitled|第 {0} 行|row {0}
bad-csv-header|CSV 表头里没有认得的列。|No column of the CSV header is known.
bad-csv-twice|CSV 表头有两列是同一个字段：{0}。|Two columns of the CSV header are one field: {0}.
bad-cells|单元格 {0} 个，表头 {1} 个|{0} cells under a header of {1}
bad-quote|引号没有闭合或位置不对|a quote not closed, or inside a cell
bad-gzip|不是完整的 gzip 文件。|Not a whole gzip file.
bad-file|文件读不出来。|The file cannot be read.
bad-answer|网关的应答不完整。|The gate’s answer was cut off.
platform|平台|Platform
# package
package-lead|从安装包读出包名、证书、权限，再核验。|Package, certificates and permissions, read from the file; then checked.
drop-package|把 APK 拖到这里|Drop an APK here
drop-package-help|APK、HAP 或 IPA。文件只发给这个网关。|APK, HAP or IPA. It goes to this gate and nowhere else.
package-busy|正在读取 {0}…|Reading {0}…
check-it|核验它|Check it
package-facts|安装包里写着|What the package says
certificate|签名证书|Signed by
permissions|权限|Permissions
oddities|异常|Oddities
package-no-number|安装包里没有|none in the package
package-holds|完好|holds
package-broken|不成立|does not hold
package-unsigned|没有签名|not signed
package-uncompared|内容未比对|contents not compared
package-unchecked|签名不成立，不作核验。|Its signature does not hold, so it is not checked.
package-off|这个网关不读取安装包|This gate does not read packages
package-off-help|可以在自己的机器上读取并核验：|Read and check it on a machine of your own:
package-off-operator|或请运维在 gate.toml 中打开：|Or have its operator turn it on in gate.toml:
# operations
ops-lead|本进程的实时指标，每 2 秒更新|This process, live; every 2 seconds
ops-waiting|正在收集样本…|Collecting samples…
ops-rate|请求/秒|Requests/s
ops-latency|延迟 {0}|Latency {0}
ops-errors|错误比例|Share of errors
ops-connections|连接|Connections
ops-cpu|占用核数 / 线程|Cores busy / threads
ops-memory|内存|Memory
ops-admission|准入|Admission
ops-streams|进行中的流|Streams now
ops-over-limit|连接超限|Over limit
ops-timeouts|超时|Timeouts
ops-log|决策日志|Decision log
ops-log-takes|正常|takes entries
ops-log-full|写不下，拒绝核验|full: checks are refused
ops-log-queue|待写 {0}|{0} to be written
t-no_key|没有密钥|no key
t-bad_key|密钥格式不对|malformed key
t-unknown_key|密钥不认得|unknown key
t-expired_key|密钥过期|expired key
t-endpoint|不许用这个接口|endpoint not allowed
t-operation|不许用这个用途|operation not allowed
t-rate|超过速率|over its rate
t-busy|网关忙|gate busy
t-streams|流太多|too many streams
t-packages|安装包太多|too many packages
ops-decisions|结论/秒|Decisions/s
ops-findings|发现，自启动以来|Findings since the start
ops-routes|按路径|By route
ops-refused|拒收，自启动以来|Refused since the start
ops-history|最近 {0}的请求/秒，最多 {1}|Requests/s of the last {0}, at most {1}
ops-none|还没有。|None yet.
route|路径|Route
# spans of time
s-seconds|{0} 秒|{0} s
s-minutes|{0} 分钟|{0} min
s-hours|{0} 小时|{0} h
s-days|{0} 天|{0} d
`.split('\n').filter((line) => line && !line.startsWith('#')).map((line) => {
  const [key, ...pair] = line.split('|');
  return [key, pair];
}));

// By the first character of a filing number: [character, zh, en, column, row] on a map of tiles.
export const PROVINCES = `京,北京,Beijing,6,2;津,天津,Tianjin,7,2;冀,河北,Hebei,6,3;晋,山西,Shanxi,5,3;蒙,内蒙古,Inner Mongolia,5,2;
辽,辽宁,Liaoning,8,2;吉,吉林,Jilin,8,1;黑,黑龙江,Heilongjiang,8,0;沪,上海,Shanghai,8,5;
苏,江苏,Jiangsu,7,4;浙,浙江,Zhejiang,7,5;皖,安徽,Anhui,6,4;闽,福建,Fujian,7,6;赣,江西,Jiangxi,6,5;
鲁,山东,Shandong,7,3;豫,河南,Henan,5,4;鄂,湖北,Hubei,5,5;湘,湖南,Hunan,5,6;粤,广东,Guangdong,6,6;
桂,广西,Guangxi,5,7;琼,海南,Hainan,6,8;渝,重庆,Chongqing,4,5;蜀,四川,Sichuan,3,5;黔,贵州,Guizhou,4,6;
滇,云南,Yunnan,3,6;藏,西藏,Tibet,2,4;陕,陕西,Shaanxi,4,4;陇,甘肃,Gansu,3,3;青,青海,Qinghai,2,3;
宁,宁夏,Ningxia,4,3;新,新疆,Xinjiang,1,2`.split(';').map((one) => one.trim().split(','));

export const LANGUAGES = ['zh-CN', 'en'];
let language = 'zh-CN';
export const lang = () => language;
export function setLang(next) {
  language = LANGUAGES.includes(next) ? next : 'zh-CN';
}

export function t(key, ...values) {
  const pair = WORDS.get(key);
  if (!pair) return key;  // a word of the gate's that is newer than this page
  return pair[language === 'en' ? 1 : 0].replace(/\{(\d)\}/g, (_, i) => String(values[i]));
}
export const knows = (key) => WORDS.has(key);

export const provinceName = (character) => {
  const found = PROVINCES.find(([one]) => one === character);
  return found ? found[language === 'en' ? 2 : 1] : character;
};

const grouped = new Intl.NumberFormat('en-US');
export const num = (value) => grouped.format(value);
export const percent = (part, whole) =>
  whole === 0 ? '0%' : `${((100 * part) / whole).toFixed(1).replace(/\.0$/, '')}%`;

// A duration in whole units, rounded down: in seconds below two minutes, in minutes below two hours,
// in hours below two days, else in days.
export function span(seconds) {
  const [unit, size] = seconds < 120 ? ['seconds', 1] : seconds < 7200 ? ['minutes', 60]
  : seconds < 172800 ? ['hours', 3600] : ['days', 86400];
  return t(`s-${unit}`, num(Math.floor(seconds / size)));
}

// 2026-01-02T03:00:00Z -> 2026-01-02 03:00 UTC
export const instant = (text) =>
  typeof text === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(text)
  ? `${text.slice(0, 10)} ${text.slice(11, 16)} UTC` : String(text ?? '');
