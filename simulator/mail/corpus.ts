/** Words the mail is made of: people, domains, subjects, attachments, policies. All names and hosts are invented. */

export const STAFF = [
  ['Anna', 'Keller'],
  ['Ben', 'Okafor'],
  ['Chiara', 'Rossi'],
  ['Dawid', 'Nowak'],
  ['Eimear', "O'Brien"],
  ['Farah', 'Haddad'],
  ['Grace', 'Whitfield'],
  ['Hiro', 'Tanaka'],
  ['Inês', 'Carvalho'],
  ['Jürgen', 'Weiß'],
  ['Kwame', 'Boateng'],
  ['Lucía', 'Fernández'],
] as const;

export const OUTSIDE_DOMAINS = [
  'example.com',
  'example.net',
  'example.org',
  'mail.example.com',
  'billing.example.net',
  'xn--bcher-kva.example',
  'logistics.example',
  'partner.test',
] as const;

export const SUBJECTS = [
  'Quarterly figures',
  'RE: Contract renewal',
  'Fwd: Invoice {n} overdue',
  'Lunch on Thursday?',
  'Terminbestätigung für die Übergabe',
  'Réunion déplacée à 14 h 30',
  '会議のお知らせ（{n}）',
  'Важно: отчёт №{n}',
  'تأكيد الموعد {n}',
  '🎉 You have won {n} points 🎉',
  'Your parcel {n} is waiting 📦',
  'RE: FW: "Project Heron" — next steps',
  'Minutes\tof the board meeting',
  'Payroll changes {n}',
  'Action required: verify your account',
  "Statement of account, see 'details' <below>",
  'Build {n} failed on C:\\agents\\main',
  '',
] as const;

export const ATTACHMENTS = [
  ['figures.xlsx', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'],
  ['contract.pdf', 'application/pdf'],
  ['Übersicht 2025.docx', 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'],
  ['photo.jpg', 'image/jpeg'],
  ['invoice.zip', 'application/zip'],
  ['見積書.pdf', 'application/pdf'],
  ['notes.txt', 'text/plain'],
  ['setup.js', 'application/javascript'],
] as const;

export const REJECTIONS = [
  ['550', 'Invalid Recipient', 'Recipient verification failed - https://community.example/docs#550'],
  ['550', 'Administrative Lockout', 'Envelope blocked - user domain entry'],
  ['554', 'Known Bad', 'Email rejected due to security policies'],
  ['451', 'IP Temporarily Blacklisted', 'Greylisting in effect, please try again later'],
] as const;

export const HOLD_REASONS = [
  ['Spm', 'default_spam_scanning', 'Spam', 'Default Spam Scanning Policy'],
  ['Oth', 'message_hold_applied_by_policy', 'Message Hold Applied - Content Policy', 'Hold for Review'],
  ['Imp', 'impersonation_protect', 'Impersonation Protect', 'Default Impersonation Definition'],
  ['Dlp', 'content_policy', 'Content Policy', 'Confidential words'],
] as const;

export const DLP_POLICIES = ['Card numbers', 'Confidential words', 'Source code out', 'Health data'] as const;
/** One message leaves several rows, which differ in their action only. */
export const DLP_ACTIONS = ['notification', 'hold', 'smart_folder', 'block', 'delete', 'bounce'] as const;

export const URLS = [
  ['https://login.example.net/verify?id={n}', 'Phishing & Fraud', 'malicious'],
  ['http://downloads.example.org/tool-{n}.exe', 'Malware', 'malicious'],
  ['https://xn--bcher-kva.example/?q=a%20b&n={n}', 'Shopping', 'policy'],
  ['https://casino.example.com/{n}#top', 'Gambling', 'category'],
] as const;

export const VIRUSES = [
  'Win32/Emotet.gen',
  'JS/Nemucod.AB!tr',
  'Failed Known address verification',
  'Exploit/CVE-2017-11882',
] as const;

/** Category codes and names of the audit service, with the audit types that fall under each. */
export const AUDIT_CATEGORIES = [
  [
    'authentication_logs',
    'authentication_logs',
    ['Logon Authentication Failed', 'User Logged On', 'Logon Requires Challenge'],
  ],
  ['account_logs', 'account_logs', ['Account Updated', 'User Settings Updated', 'API Application Updated']],
  ['policy_logs', 'policy_logs', ['New Policy', 'Existing Policy Changed', 'Policy Deleted']],
  ['case_review_logs', 'case_review_logs', ['Case Action', 'Review Set Action']],
] as const;
