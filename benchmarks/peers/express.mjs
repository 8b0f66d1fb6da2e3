// Express with express-oauth2-jwt-bearer, as its README says.

import express from 'express'
import { auth, claimIncludes } from 'express-oauth2-jwt-bearer'

import { find, page, replace } from '#menu'

const app = express()
const mayUpdate = [
  auth({ issuerBaseURL: process.env.ISSUER, audience: process.env.AUDIENCE }),
  claimIncludes('permissions', 'update:items')
]

app.get('/items', (request, response) => {
  response.json(page())
})

app.get('/items/:id', (request, response) => {
  answer(response, find(Number(request.params.id)))
})

app.put('/items/:id', mayUpdate, express.json(), (request, response) => {
  const item = request.body?.item
  if (!isItem(item)) {
    response.status(422).json({ message: 'The item is not valid' })
    return
  }
  answer(response, replace(Number(request.params.id), item))
})

function answer(response, item) {
  if (item === undefined) response.status(404).json({ message: 'Not Found' })
  else response.json(item)
}

// Express has no way of its own to check a body.
function isItem(item) {
  return (
    typeof item === 'object' &&
    item !== null &&
    isText(item.name, 200) &&
    item.name !== '' &&
    typeof item.price === 'number' &&
    item.price >= 0 &&
    isText(item.description, 2000) &&
    isText(item.image, 2000) &&
    /^https?:\/\//.test(item.image)
  )
}

function isText(value, longest) {
  return typeof value === 'string' && value.length <= longest
}

app.listen(Number(process.env.PORT), '127.0.0.1')
