// signed.mjs: what Discord's own package for HTTP interactions says of requests. It reads
// requests signed by us as JSON from its argument, and prints whether each is good; then
// requests that are signed here, with the key that they are good for.
import { createRequire } from 'node:module'
import { generateKeyPairSync, sign } from 'node:crypto'

const { verifyKey } = createRequire(process.env.HERALD_JS + '/')('discord-interactions')

const asked = JSON.parse(process.argv[2])
const verdicts = []
for (const r of asked) verdicts.push(await verifyKey(r.body, r.signature, r.timestamp, r.key))

const { publicKey, privateKey } = generateKeyPairSync('ed25519')
const key = Buffer.from(publicKey.export({ format: 'jwk' }).x, 'base64url').toString('hex')
const timestamp = String(Math.floor(Date.now() / 1000))
const requests = []
for (const body of ['{"type":1}', '{"type":2,"id":"1","token":"x","user":{"id":"5"}}', '{"type":3,"data":{"custom_id":"é – ☃"}}']) {
  const signature = sign(null, Buffer.from(timestamp + body), privateKey).toString('hex')
  for (const [text, mark] of [[body, signature], [body + ' ', signature], [body, signature.replace(/^../, (x) => (x === '00' ? '01' : '00'))]]) {
    requests.push({ body: text, signature: mark, timestamp, key, good: await verifyKey(text, mark, timestamp, key) })
  }
}
console.log(JSON.stringify({ verdicts, requests }))
