import type { Socket } from 'node:net'
import {
  authenticationRequest,
  boundAnswer,
  dataRow,
  fatalError,
  loginAnswer,
  readyForQuery,
  rowDescription,
  serverMessage,
} from '../../support/scripted-server'

/** When a hostile server does what it does. */
export type Moment = 'login' | 'idle' | 'statement' | 'question' | 'transaction' | 'copy in' | 'copy out'

/** What a server does at which moment, and how the failure's message goes on after its address; null for the server's own words. */
export type HostileCase = readonly [
  moment: Moment,
  name: string,
  answer: Buffer | readonly Buffer[] | ((socket: Socket) => void),
  says: string | { readonly whole: string },
]

const CLOSED = '; the session was closed'
const sent = (what: string) => `sent ${what}${CLOSED}`
const bytes = (...values: number[]) => Buffer.from(values)
const int16 = (value: number) => bytes((value >> 8) & 255, value & 255)
const int32 = (value: number) => Buffer.concat([int16(value >>> 16), int16(value & 65_535)])
const letIn = authenticationRequest(0)
const complete = serverMessage('C', 'SELECT 1\0')
const oneColumn = rowDescription(['payload'])
const row = (count: number, ...rest: Buffer[]) => serverMessage('D', Buffer.concat([int16(count), ...rest]))
const header = (type: string, length: number) => Buffer.concat([Buffer.from(type), int32(length)])
const parameter = (name: string, value: string) => serverMessage('S', `${name}\0${value}\0`)
const notice = serverMessage('N', 'SNOTICE\0VNOTICE\0C00000\0Mhello\0\0')
const error = (fields: string) => serverMessage('E', `${fields}\0`)
const ordinaryError = error('SERROR\0VERROR\0C22012\0Mdivision by zero\0')
const times = (count: number, message: Buffer) => Buffer.concat(Array<Buffer>(count).fill(message))
const sasl = (method: number, text: string) => serverMessage('R', Buffer.concat([int32(method), Buffer.from(text)]))
const fields = (count: number, rest: Buffer | string = '') => Buffer.concat([int16(count), Buffer.from(rest)])
const copyOut = serverMessage('H', Buffer.concat([bytes(0), int16(1), int16(0)]))
const copyIn = serverMessage('G', Buffer.concat([bytes(0), int16(1), int16(0)]))

const LOGIN: readonly HostileCase[] = [
  [
    'login',
    'speaks HTTP',
    Buffer.from('HTTP/1.1 400 Bad Request\r\nServer: nginx\r\n\r\n'),
    'answered "HTTP/1.1 400 Bad Request" instead of asking for a login',
  ],
  [
    'login',
    'speaks SSH',
    Buffer.from('SSH-2.0-OpenSSH_9.2p1\r\n'),
    'answered "SSH-2.0-OpenSSH_9.2p1" instead of asking for a login',
  ],
  [
    'login',
    'speaks SMTP',
    Buffer.from('220 mail.example.com ESMTP\r\n'),
    'answered "220 mail.example.com ESMTP" instead of asking for a login',
  ],
  [
    'login',
    'speaks MySQL',
    Buffer.concat([bytes(74, 0, 0, 0, 10), Buffer.from('8.0.36\0')]),
    sent('a message of unknown type 0x4a where an authentication request was due'),
  ],
  [
    'login',
    'answers with a TLS alert',
    bytes(21, 3, 3, 0, 2, 2, 70),
    sent('a message of unknown type 0x15 where an authentication request was due'),
  ],
  [
    'login',
    'cannot fork, and says so in the protocol of 1997',
    Buffer.from('Ecould not fork new process for connection: Cannot allocate memory\n\0'),
    'answered "could not fork new process for connection: Cannot allocate memory" instead of asking for a login',
  ],
  [
    'login',
    'begins with an error of 4 GB',
    Buffer.concat([header('E', 0xffffffff), bytes(83, 1, 2)]),
    sent('an ErrorResponse of 4294967295 bytes during the login'),
  ],
  ['login', 'begins with a row', dataRow(['1']), sent('a DataRow during the login')],
  ['login', 'is ready at once', readyForQuery(), sent('a ReadyForQuery where an authentication request was due')],
  [
    'login',
    'begins with a parameter',
    parameter('a', 'b'),
    sent('a ParameterStatus where an authentication request was due'),
  ],
  ['login', 'begins with a notice', notice, sent('a NoticeResponse where an authentication request was due')],
  [
    'login',
    'negotiates another protocol',
    serverMessage('v', Buffer.concat([int32(2), int32(0)])),
    sent('a NegotiateProtocolVersion, although it was asked for version 3.0 and no option'),
  ],
  [
    'login',
    'sends a request shorter than its own length',
    header('R', 3),
    sent('an Authentication where an authentication request was due'),
  ],
  ['login', 'asks for nothing', serverMessage('R'), sent('an Authentication without a method')],
  [
    'login',
    'asks for MD5 without a salt',
    serverMessage('R', int32(5)),
    sent('authentication request 5 of a wrong length'),
  ],
  [
    'login',
    'asks for a clear-text password in too many bytes',
    serverMessage('R', Buffer.concat([int32(3), int32(0)])),
    sent('authentication request 3 of a wrong length'),
  ],
  [
    'login',
    'asks for the password twice',
    Buffer.concat([authenticationRequest(3), authenticationRequest(5)]),
    sent('authentication request 5 out of its order'),
  ],
  [
    'login',
    'lists SASL mechanisms without an end',
    sasl(10, 'SCRAM-SHA-256'),
    sent('a list of SASL mechanisms without an end'),
  ],
  ['login', 'lists no SASL mechanism', sasl(10, '\0'), sent('a list of SASL mechanisms without an end')],
  [
    'login',
    'goes on with a SASL exchange that never began',
    sasl(11, 'r=a,s=b,i=1'),
    sent('authentication request 11 out of its order'),
  ],
  [
    'login',
    'lets the role in before it has proved itself',
    Buffer.concat([authenticationRequest(10), letIn]),
    sent('authentication request 0 out of its order'),
  ],
  [
    'login',
    'asks for two billion rounds of hashing',
    Buffer.concat([authenticationRequest(10), sasl(11, 'r=abc,s=c2FsdA==,i=2000000000')]),
    'asks for 2,000,000,000 rounds of SCRAM hashing; Strata computes at most 100,000, and the login was given up',
  ],
  ['login', 'lets the role in twice', Buffer.concat([letIn, letIn]), sent('an authentication request after the login')],
  [
    'login',
    'gives two keys',
    Buffer.concat([letIn, times(2, serverMessage('K', Buffer.alloc(8)))]),
    sent('a second BackendKeyData'),
  ],
  [
    'login',
    'gives a key of protocol 3.2',
    Buffer.concat([letIn, serverMessage('K', Buffer.alloc(36))]),
    sent('a BackendKeyData of 40 bytes, where 12 are due'),
  ],
  [
    'login',
    'gives half a key',
    Buffer.concat([letIn, serverMessage('K', Buffer.alloc(4))]),
    sent('a BackendKeyData of 8 bytes, where 12 are due'),
  ],
  [
    'login',
    'sends rows before it is ready',
    Buffer.concat([letIn, oneColumn]),
    sent('a RowDescription during the login'),
  ],
  [
    'login',
    'sends a row before it is ready',
    Buffer.concat([letIn, dataRow(['x'])]),
    sent('a DataRow during the login'),
  ],
  [
    'login',
    'asks for a file before it is ready',
    Buffer.concat([letIn, copyIn]),
    sent('a CopyInResponse during the login'),
  ],
  [
    'login',
    'is ready in a state that is none',
    Buffer.concat([letIn, serverMessage('Z', 'X')]),
    sent('a ReadyForQuery with the transaction status 0x58, which is none of I, T and E'),
  ],
  [
    'login',
    'is ready without a state',
    Buffer.concat([letIn, serverMessage('Z')]),
    sent('a ReadyForQuery of 4 bytes, where 5 are due'),
  ],
  [
    'login',
    'reports a parameter without an end',
    Buffer.concat([letIn, serverMessage('S', 'TimeZone\0UTC')]),
    sent('a ParameterStatus whose value has no end'),
  ],
  [
    'login',
    'reports a parameter without a name',
    Buffer.concat([letIn, parameter('', 'x')]),
    sent('a ParameterStatus without a name'),
  ],
  [
    'login',
    'reports a parameter of 40,000 bytes',
    Buffer.concat([letIn, parameter('a', 'x'.repeat(40_000))]),
    sent('a ParameterStatus of 40007 bytes'),
  ],
  [
    'login',
    'reports 300 parameters',
    Buffer.concat([letIn, ...Array.from({ length: 300 }, (_, i) => parameter(`p${i}`, ''))]),
    sent('reports of more than 256 parameters'),
  ],
  [
    'login',
    'changes a parameter without end',
    Buffer.concat([letIn, times(100_001, parameter('TimeZone', 'UTC'))]),
    sent('more than 100,000 messages that nobody asked for'),
  ],
  [
    'login',
    'sends notices without end',
    Buffer.concat([letIn, times(100_001, notice)]),
    sent('more than 100,000 messages that nobody asked for'),
  ],
  [
    'login',
    'ends an error nowhere (LAB 1)',
    Buffer.concat([header('E', 10), Buffer.from('SFATAL')]),
    sent('an ErrorResponse whose field has no end'),
  ],
  ['login', 'fails without a reason', error(''), sent('an ErrorResponse without a severity, a code or a message')],
  [
    'login',
    'closes in the middle of a message',
    (socket) => socket.end(header('R', 40)),
    'closed the connection in the middle of an Authentication of 40 bytes',
  ],
  [
    'login',
    'closes in the middle of a header',
    (socket) => socket.end('R'),
    'closed the connection in the middle of an Authentication',
  ],
]

/** The nonce that a client began its SCRAM exchange with. */
const nonceIn = (heard: Buffer) => /r=([^,\0]+)/.exec(heard.toString('latin1'))?.[1] ?? ''

/** A server that goes through a SCRAM exchange as it likes: its first message, and what it answers to the proof. */
function scram(first: (nonce: string) => string, last = 'v=AAAA'): (socket: Socket) => void {
  return (socket) => {
    const answers = [(heard: Buffer) => sasl(11, first(nonceIn(heard))), () => sasl(12, last)]
    socket.on('data', (heard) => {
      const answer = answers.shift()
      if (answer !== undefined) socket.write(answer(heard))
    })
    socket.write(authenticationRequest(10))
  }
}

const SCRAM: readonly HostileCase[] = [
  [
    'login',
    'knows no mechanism of ours',
    sasl(10, 'SCRAM-FOO\0\0'),
    'did not keep to SCRAM-SHA-256 in the login: Only mechanism(s) SCRAM-SHA-256 are supported',
  ],
  [
    'login',
    'does not know the password',
    scram((nonce) => `r=${nonce}server,s=c2FsdHNhbHQ=,i=4096`),
    'could not prove that it knows the password of the role',
  ],
  [
    'login',
    'has a nonce of its own',
    scram(() => 'r=own,s=c2FsdHNhbHQ=,i=4096'),
    'did not keep to SCRAM-SHA-256 in the login: server nonce does not start with client nonce',
  ],
  [
    'login',
    'hashes without salt',
    scram((nonce) => `r=${nonce}server,i=4096`),
    'did not keep to SCRAM-SHA-256 in the login: salt missing',
  ],
  [
    'login',
    'ends the exchange in nonsense',
    scram((nonce) => `r=${nonce}server,s=c2FsdHNhbHQ=,i=4096`, '\xff\xfe'),
    'did not keep to SCRAM-SHA-256 in the login: Invalid attribute pair entry',
  ],
]

const IDLE: readonly HostileCase[] = [
  ['idle', 'is ready once more', readyForQuery(), sent('a ReadyForQuery that nobody asked for')],
  ['idle', 'sends a row', dataRow(['1']), sent('a DataRow that nobody asked for')],
  ['idle', 'announces a row of 200 MB', header('D', 209_715_200), sent('a DataRow that nobody asked for')],
  ['idle', 'describes rows', oneColumn, sent('a RowDescription that nobody asked for')],
  ['idle', 'completes a statement', complete, sent('a CommandComplete that nobody asked for')],
  ['idle', 'asks for a file', copyIn, sent('a CopyInResponse that nobody asked for')],
  ['idle', 'gives another key', serverMessage('K', Buffer.alloc(8)), sent('a BackendKeyData that nobody asked for')],
  ['idle', 'asks for the password again', authenticationRequest(3), sent('an authentication request after the login')],
  [
    'idle',
    'sends notices without end',
    times(100_001, notice),
    sent('more than 100,000 messages that nobody asked for'),
  ],
  [
    'idle',
    'changes a parameter without end',
    times(100_001, parameter('TimeZone', 'UTC')),
    sent('more than 100,000 messages that nobody asked for'),
  ],
  [
    'idle',
    'sends a notification without an end',
    serverMessage('A', Buffer.concat([int32(1), Buffer.from('channel')])),
    sent('a NotificationResponse whose channel has no end'),
  ],
  [
    'idle',
    'sends a notification whose payload has no end',
    serverMessage('A', Buffer.concat([int32(1), Buffer.from('channel\0payload')])),
    sent('a NotificationResponse whose payload has no end'),
  ],
  [
    'idle',
    'sends a notification of two bytes',
    serverMessage('A', bytes(0, 1)),
    sent('a NotificationResponse of 6 bytes, too short for what it says it holds'),
  ],
  ['idle', 'sends noise', bytes(0xfe, 0xed, 0xfa, 0xce, 0, 1, 2), sent('a message of unknown type 0xfe')],
  ['idle', 'says farewell and stays', fatalError('57P01', 'terminating'), { whole: 'terminating' }],
  ['idle', 'fails at nothing, and stays', ordinaryError, { whole: 'division by zero' }],
  [
    'idle',
    'closes in the middle of a message',
    (socket) => socket.end(header('N', 500)),
    'closed the connection in the middle of a NoticeResponse of 500 bytes',
  ],
]

const bound = boundAnswer()
const described = Buffer.concat([bound, oneColumn])

const STATEMENT: readonly HostileCase[] = [
  ['statement', 'sends a message of an unknown type', serverMessage('!', 'x'), sent('a message of unknown type 0x21')],
  ['statement', 'sends a row without columns', [bound, dataRow(['1'])], sent('a DataRow out of its order')],
  [
    'statement',
    'sends a row where there are none',
    [bound, serverMessage('n'), dataRow(['1'])],
    sent('a DataRow before it had described the columns'),
  ],
  [
    'statement',
    'sends a row of more columns',
    [described, dataRow(['1', '2', '3'])],
    sent('a DataRow of 3 columns where 1 were described'),
  ],
  [
    'statement',
    'sends a row of fewer columns',
    [described, dataRow([])],
    sent('a DataRow of 0 columns where 1 were described'),
  ],
  [
    'statement',
    'sends a row of -1 columns',
    [described, row(-1)],
    sent('a DataRow of 65535 columns where 1 were described'),
  ],
  [
    'statement',
    'sends a row without a count',
    [described, serverMessage('D')],
    sent('a DataRow without a count of columns'),
  ],
  ['statement', 'sends a cell of -2 bytes', [described, row(1, int32(-2))], sent('a DataRow with a cell of -2 bytes')],
  [
    'statement',
    'sends a cell past its row',
    [described, row(1, int32(9), bytes(65))],
    sent('a DataRow whose cells do not fit into it'),
  ],
  [
    'statement',
    'sends a cell of 2 GB in one byte',
    [described, row(1, int32(0x7fffffff), bytes(65))],
    sent('a DataRow whose cells do not fit into it'),
  ],
  [
    'statement',
    'sends half a length',
    [described, row(1, bytes(0, 0))],
    sent('a DataRow that ends before its column 1'),
  ],
  [
    'statement',
    'sends bytes behind its cells',
    [described, row(1, int32(1), bytes(65, 66))],
    sent('a DataRow with bytes behind its end'),
  ],
  ['statement', 'sends a row of 4 GB', [described, header('D', 0xffffffff)], sent('a DataRow of 4294967295 bytes')],
  [
    'statement',
    'sends a cell of 600 MB (LAB 4)',
    [described, header('D', 629_145_610), int16(1), int32(629_145_600)],
    'sent a row whose column "payload" holds 600 MB; Strata takes a row of at most 256 MB, and the session was closed',
  ],
  [
    'statement',
    'sends more columns than it has bytes for',
    [bound, serverMessage('T', fields(9, 'a'))],
    sent('a RowDescription whose column name has no end'),
  ],
  ['statement', 'sends -1 columns', [bound, serverMessage('T', fields(-1))], sent('a RowDescription of -1 columns')],
  [
    'statement',
    'sends 5,000 columns',
    [bound, rowDescription(Array(5_000).fill('c'))],
    sent('a RowDescription of 5000 columns; PostgreSQL has at most 1664'),
  ],
  [
    'statement',
    'cuts a column short',
    [bound, serverMessage('T', fields(1, 'a\0xyz'))],
    sent('a RowDescription of 11 bytes, too short for what it says it holds'),
  ],
  [
    'statement',
    'sends a column of an unknown format',
    [bound, serverMessage('T', Buffer.concat([fields(1, 'a\0'), Buffer.alloc(16), int16(7)]))],
    sent('a RowDescription with a column of format 7, which is neither text nor binary'),
  ],
  ['statement', 'describes its rows twice', [described, oneColumn], sent('a RowDescription out of its order')],
  [
    'statement',
    'has bytes behind its columns',
    [bound, serverMessage('T', fields(0, 'x'))],
    sent('a RowDescription with 1 bytes behind its end'),
  ],
  [
    'statement',
    'completes in a text without an end',
    [described, serverMessage('C', 'SELECT 1')],
    sent('a CommandComplete whose command tag has no end'),
  ],
  [
    'statement',
    'completes in a text that the next message ends',
    [described, serverMessage('C', 'SELECT 1'), readyForQuery()],
    sent('a CommandComplete whose command tag has no end'),
  ],
  [
    'statement',
    'completes in two texts',
    [described, serverMessage('C', 'SELECT 1\0SELECT 2\0')],
    sent('a CommandComplete with 9 bytes behind its end'),
  ],
  ['statement', 'completes twice', [described, complete, complete], sent('a CommandComplete out of its order')],
  ['statement', 'is ready before it is complete', [bound, readyForQuery()], sent('a ReadyForQuery out of its order')],
  ['statement', 'parses twice', [serverMessage('1'), serverMessage('1')], sent('a ParseComplete out of its order')],
  [
    'statement',
    'parses with something in it',
    serverMessage('1', 'x'),
    sent('a ParseComplete with 1 bytes behind its end'),
  ],
  ['statement', 'binds what was not parsed', serverMessage('2'), sent('a BindComplete out of its order')],
  [
    'statement',
    'stops after some rows',
    [described, dataRow(['1']), serverMessage('s')],
    sent('a PortalSuspended out of its order'),
  ],
  ['statement', 'closes what nobody closed', [described, serverMessage('3')], sent('a CloseComplete out of its order')],
  [
    'statement',
    'describes parameters of its own',
    [bound, serverMessage('t', fields(-3))],
    sent('a ParameterDescription of -3 parameters'),
  ],
  [
    'statement',
    'describes more parameters than it names',
    [bound, serverMessage('t', fields(300))],
    sent('a ParameterDescription of 6 bytes, too short for what it says it holds'),
  ],
  [
    'statement',
    'answers a function call',
    [described, serverMessage('V', int32(-1))],
    sent('a FunctionCallResponse out of its order'),
  ],
  [
    'statement',
    'starts a replication',
    [bound, serverMessage('W', fields(0))],
    sent('a CopyBothResponse out of its order'),
  ],
  [
    'statement',
    'fails without a code',
    [bound, error('SERROR\0Mno\0')],
    sent('an ErrorResponse without a severity, a code or a message'),
  ],
  [
    'statement',
    'fails with a code that is none',
    [bound, error('SERROR\0C<b>\0Mno\0')],
    sent('an ErrorResponse with a code that is no SQLSTATE'),
  ],
  [
    'statement',
    'fails twice',
    [bound, ordinaryError, ordinaryError],
    sent('a second ErrorResponse before it was ready again'),
  ],
  [
    'statement',
    'fails with the same field twice',
    [bound, error('SERROR\0SERROR\0C22012\0Mno\0')],
    sent('an ErrorResponse with two fields S'),
  ],
  [
    'statement',
    'goes on after its error ended',
    [bound, serverMessage('E', 'SERROR\0C22012\0Mno\0\0more')],
    sent('an ErrorResponse with 4 bytes behind its end'),
  ],
  [
    'statement',
    'sends rows after it failed',
    [described, ordinaryError, dataRow(['1'])],
    sent('a DataRow out of its order'),
  ],
  ['statement', 'says farewell and stays', [bound, fatalError('57P01', 'terminating')], { whole: 'terminating' }],
  ['statement', 'sends a second result', [described, complete, oneColumn], sent('a RowDescription out of its order')],
  [
    'statement',
    'sends COPY data outside of a COPY',
    [described, serverMessage('d', 'x')],
    sent('a CopyData outside of a COPY'),
  ],
  [
    'statement',
    'copies in the middle of a result',
    [described, copyOut],
    sent('a CopyOutResponse in the middle of a result'),
  ],
  [
    'statement',
    'asks for a file in the middle of a result',
    [described, copyIn],
    sent('a CopyInResponse in the middle of a result'),
  ],
  [
    'statement',
    'asks for a file again and again',
    [bound, serverMessage('n'), copyIn, copyIn],
    sent('a second request for COPY data before it was ready again'),
  ],
  ['statement', 'lets the role in again', [bound, letIn], sent('an authentication request after the login')],
  ['statement', 'logs in again', [bound, loginAnswer()], sent('an authentication request after the login')],
  [
    'statement',
    'closes in the middle of a row',
    (socket) => socket.end(Buffer.concat([described, header('D', 90)])),
    'closed the connection in the middle of a DataRow of 90 bytes',
  ],
  [
    'question',
    'sends a cell of 65 MB',
    [described, header('D', 68_157_450), int16(1), int32(68_157_440)],
    'sent a row whose column "payload" holds 65 MB; Strata takes a row of at most 64 MB, and the session was closed',
  ],
  [
    'question',
    'sends a row of other columns',
    [described, dataRow(['1', '2'])],
    sent('a DataRow of 2 columns where 1 were described'),
  ],
  [
    'question',
    'is ready before it is complete',
    [described, readyForQuery()],
    sent('a ReadyForQuery out of its order'),
  ],
  [
    'question',
    'sends an error of 1 GB',
    [bound, header('E', 1_000_000_000)],
    'sent an ErrorResponse of 953.7 MB; Strata takes at most 64 MB, and the session was closed',
  ],
  [
    'transaction',
    'sends a row of other columns',
    [described, dataRow(['1', '2'])],
    sent('a DataRow of 2 columns where 1 were described'),
  ],
  [
    'transaction',
    'ends an error nowhere',
    [bound, serverMessage('E', 'SERROR')],
    sent('an ErrorResponse whose field has no end'),
  ],
  [
    'transaction',
    'is ready in a state that is none',
    [described, complete, serverMessage('Z', '?')],
    sent('a ReadyForQuery with the transaction status 0x3f, which is none of I, T and E'),
  ],
  [
    'transaction',
    'closes in the middle of a message',
    (socket) => socket.end(Buffer.concat([bound, header('C', 30)])),
    'closed the connection in the middle of a CommandComplete of 30 bytes',
  ],
  [
    'copy in',
    'asks for the data twice',
    [bound, serverMessage('n'), copyIn, copyIn],
    sent('a second request for COPY data before it was ready again'),
  ],
  [
    'copy in',
    'asks for data of -1 columns',
    [bound, serverMessage('n'), serverMessage('G', Buffer.concat([bytes(0), int16(-1)]))],
    sent('a CopyInResponse of -1 columns'),
  ],
  [
    'copy in',
    'asks for data of format 7',
    [bound, serverMessage('n'), serverMessage('G', Buffer.concat([bytes(7), int16(0)]))],
    sent('a CopyInResponse of a format that is neither text nor binary'),
  ],
  [
    'copy in',
    'sends data instead',
    [bound, serverMessage('n'), copyIn, serverMessage('d', 'x')],
    sent('a CopyData outside of a COPY'),
  ],
  [
    'copy out',
    'sends no data before it begins',
    [bound, serverMessage('n'), serverMessage('d', 'x')],
    sent('a CopyData outside of a COPY'),
  ],
  [
    'copy out',
    'ends what did not begin',
    [bound, serverMessage('n'), serverMessage('c')],
    sent('a CopyDone outside of a COPY'),
  ],
  [
    'copy out',
    'completes in the middle',
    [bound, serverMessage('n'), copyOut, serverMessage('d', 'x\n'), complete],
    sent('a CommandComplete in the middle of a COPY'),
  ],
  [
    'copy out',
    'ends with something in it',
    [bound, serverMessage('n'), copyOut, serverMessage('c', 'x')],
    sent('a CopyDone with 1 bytes behind its end'),
  ],
  [
    'copy out',
    'sends a piece of 300 MB',
    [bound, serverMessage('n'), copyOut, header('d', 314_572_800)],
    'sent a CopyData of 300 MB; Strata takes at most 256 MB, and the session was closed',
  ],
  [
    'copy out',
    'copies columns it has no bytes for',
    [bound, serverMessage('n'), serverMessage('H', Buffer.concat([bytes(0), int16(9)]))],
    sent('a CopyOutResponse of 7 bytes, too short for what it says it holds'),
  ],
  [
    'copy out',
    'closes in the middle of a line',
    (socket) => socket.end(Buffer.concat([bound, serverMessage('n'), copyOut, header('d', 50)])),
    'closed the connection in the middle of a CopyData of 50 bytes',
  ],
]

/** Every hostile server, with the words that its session must end in. */
export const HOSTILE_CASES: readonly HostileCase[] = [...LOGIN, ...SCRAM, ...IDLE, ...STATEMENT]
