// intuit-oauth and node-quickbooks, unchanged but for the addresses they call, on the stock company.
//   node peers.mjs http://127.0.0.1:8610
import assert from 'node:assert/strict'
import OAuthClient from 'intuit-oauth'
import QuickBooks from 'node-quickbooks'

const base = process.argv[2]
const redirectUri = 'http://localhost:8501/callback'
const day = '2026-11-10'
const line = (amount) => ({
  Amount: amount,
  DetailType: 'AccountBasedExpenseLineDetail',
  AccountBasedExpenseLineDetail: { AccountRef: { value: '20' } }
})
const sale = {
  Amount: 300,
  DetailType: 'SalesItemLineDetail',
  SalesItemLineDetail: { ItemRef: { value: '3' }, Qty: 3, UnitPrice: 100 }
}

// node-quickbooks answers by callback.
const call = (client, name, ...rest) => new Promise((resolve, reject) => client[name](...rest, (err, body) => {
  const told = err && ((err.response && err.response.data) || err.Fault || String(err))
  err ? reject(new Error(`${name}: ${JSON.stringify(told)}`)) : resolve(body)
}))

async function signIn (oauth) {
  const page = await (await fetch(oauth.authorizeUri({ scope: [OAuthClient.scopes.Accounting, OAuthClient.scopes.OpenId], state: 's' }))).text()
  const hidden = Object.fromEntries([...page.matchAll(/type="hidden" name="(\w+)" value="([^"]+)"/g)].map((m) => [m[1], m[2]]))
  const back = await fetch(`${base}/connect/oauth2`, { method: 'POST', body: new URLSearchParams(hidden), redirect: 'manual' })
  await oauth.createToken(back.headers.get('location'))
}

function pointAt (oauth) {
  oauth.setAuthorizeURLs({
    authorizeEndpoint: `${base}/connect/oauth2`,
    tokenEndpoint: `${base}/oauth2/v1/tokens/bearer`,
    revokeEndpoint: `${base}/v2/oauth2/tokens/revoke`,
    userInfoEndpoint: `${base}/v1/openid_connect/userinfo`
  })
  OAuthClient.jwks_uri = `${base}/op/v1/jwks`
  OAuthClient.environment.sandbox = `${base}/`
  QuickBooks.V3_ENDPOINT_BASE_URL = `${base}/v3/company/`
  QuickBooks.TOKEN_URL = `${base}/oauth2/v1/tokens/bearer`
  QuickBooks.REVOKE_URL = `${base}/v2/oauth2/tokens/revoke`
  QuickBooks.USER_INFO_URL = `${base}/v1/openid_connect/userinfo`
}

const oauth = new OAuthClient({ clientId: 'local-client', clientSecret: 'local-secret', environment: 'sandbox', redirectUri })
pointAt(oauth)
let qbo

const steps = {
  'intuit-oauth connects': async () => {
    await signIn(oauth)
    assert.ok(oauth.isAccessTokenValid())
    const { access_token: token, refresh_token: refresh, realmId } = oauth.getToken()
    qbo = new QuickBooks('local-client', 'local-secret', token, false, realmId, true, false, 75, '2.0', refresh)
  },
  'intuit-oauth reads company and user': async () => {
    const realm = oauth.getToken().realmId
    const told = await oauth.makeApiCall({ url: `${base}/v3/company/${realm}/companyinfo/${realm}` })
    assert.equal(told.json.CompanyInfo.Country, 'US')
  },
  'intuit-oauth checks the id token against the key set': async () => assert.ok(await oauth.validateIdToken()),
  'intuit-oauth refreshes': async () => {
    const before = oauth.getToken().access_token
    await oauth.refresh()
    assert.notEqual(oauth.getToken().access_token, before)
  },
  'node-quickbooks refreshes': async () => {
    const told = await call(qbo, 'refreshAccessToken')
    assert.equal(told.expires_in, 3600)
  },
  'finds, filters, counts and pages': async () => {
    assert.equal((await call(qbo, 'findCustomers', { fetchAll: true, limit: 10 })).QueryResponse.Customer.length, 29)
    const named = await call(qbo, 'findCustomers', [{ field: 'DisplayName', value: "Amy's%", operator: 'LIKE' }])
    assert.equal(named.QueryResponse.Customer[0].Id, '1')
    assert.equal((await call(qbo, 'findVendors', { count: true })).QueryResponse.totalCount, 26)
    assert.equal((await call(qbo, 'findItems', { asc: 'Name', limit: 1 })).QueryResponse.Item[0].Name, 'Concrete')
  },
  'makes, reads, changes and deletes a bill': async () => {
    const made = await call(qbo, 'createBill', { VendorRef: { value: '46' }, TxnDate: day, Line: [line(200)] })
    const held = await call(qbo, 'getBill', made.Id)
    held.PrivateNote = 'looked at twice'
    held.sparse = false
    const changed = await call(qbo, 'updateBill', held)
    assert.deepEqual([changed.PrivateNote, changed.SyncToken], ['looked at twice', '1'])
    await call(qbo, 'deleteBill', { Id: changed.Id, SyncToken: changed.SyncToken })
    await assert.rejects(call(qbo, 'getBill', made.Id), /610/)
  },
  'makes time entries in one batch': async () => {
    const entry = { NameOf: 'Employee', EmployeeRef: { value: '55' }, ItemRef: { value: '2' }, TxnDate: day, Hours: 7, Minutes: 30 }
    const items = [1, 2, 3].map((number) => ({ bId: `${number}`, operation: 'create', TimeActivity: entry }))
    items.push({ bId: '4', Query: 'select count(*) from TimeActivity' })
    const told = (await call(qbo, 'batch', items)).BatchItemResponse
    assert.equal(told.filter((item) => item.TimeActivity).length, 3)
    assert.equal(told[3].QueryResponse.totalCount, 7)
  },
  'invoices, is paid, voids, prints and sends': async () => {
    const made = await call(qbo, 'createInvoice', { CustomerRef: { value: '1' }, TxnDate: day, Line: [sale] })
    await call(qbo, 'createPayment', {
      CustomerRef: { value: '1' }, TotalAmt: 100, Line: [{ Amount: 100, LinkedTxn: [{ TxnId: made.Id, TxnType: 'Invoice' }] }]
    })
    assert.equal((await call(qbo, 'getInvoice', made.Id)).Balance, 200)
    assert.ok(Buffer.from(await call(qbo, 'getInvoicePdf', made.Id)).toString('latin1').startsWith('%PDF-'))
    assert.equal((await call(qbo, 'sendInvoicePdf', made.Id, 'amy@example.com')).EmailStatus, 'EmailSent')
    const other = await call(qbo, 'createInvoice', { CustomerRef: { value: '1' }, TxnDate: day, Line: [sale] })
    await call(qbo, 'voidInvoice', { Id: other.Id, SyncToken: other.SyncToken })
    assert.equal((await call(qbo, 'getInvoice', other.Id)).TotalAmt, 0)
  },
  'attaches a file': async () => {
    const made = await call(qbo, 'upload', 'note.txt', 'text/plain', Buffer.from('forty bags'), 'Bill', '25')
    assert.equal(made.AttachableRef[0].EntityRef.value, '25')
    assert.equal((await call(qbo, 'getAttachable', made.Id)).Size, 10)
  },
  'captures changes': async () => {
    const told = await call(qbo, 'changeDataCapture', ['Invoice', 'Bill'], new Date(Date.now() - 60_000).toISOString())
    assert.deepEqual(told.CDCResponse[0].QueryResponse.map((group) => Object.keys(group)[0]), ['Invoice', 'Bill'])
  },
  'reads reports': async () => {
    assert.equal((await call(qbo, 'reportTrialBalance', { start_date: '2014-01-01', end_date: '2026-12-31' })).Header.ReportName, 'TrialBalance')
    assert.equal((await call(qbo, 'reportVendorBalance', {})).Header.ReportName, 'VendorBalance')
  },
  'is told of a duplicate name': async () => {
    await assert.rejects(call(qbo, 'createVendor', { DisplayName: "Amy's Bird Sanctuary" }), /6240/)
  },
  'intuit-oauth revokes': async () => {
    await oauth.revoke({ access_token: oauth.getToken().access_token })
    await assert.rejects(call(qbo, 'getBill', '25'))
  }
}

let failed = 0
for (const [name, step] of Object.entries(steps)) {
  try {
    await step()
    console.log(`ok    ${name}`)
  } catch (trouble) {
    failed += 1
    console.log(`FAIL  ${name}: ${trouble.stack || trouble}`)
  }
}
console.log(failed ? `${failed} of ${Object.keys(steps).length} failed` : `all ${Object.keys(steps).length} passed`)
process.exit(failed ? 1 : 0)
