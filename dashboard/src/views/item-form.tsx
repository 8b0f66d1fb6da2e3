import { useEffect, useRef, useState } from 'preact/hooks'
import type { Application } from '../app'
import type { Form } from '../menu/editing'
import type { Field as FieldName } from '../menu/item'
import { useObserved } from '../observable'
import { Dialog } from './dialog'
import { Field } from './field'
import { AlertIcon } from './icons'
import { Picture } from './picture'
import { Theirs } from './theirs'

/** The form in which an item is added or edited, while it is open. */
export function ItemForm({ app }: { app: Application }) {
  const form = useObserved(app.editing.form)
  return form ? <OpenForm app={app} form={form} /> : null
}

function OpenForm({ app, form }: { app: Application; form: Form }) {
  const { editing } = app
  const { draft, errors } = form
  const element = useRef<HTMLFormElement>(null)
  const [picture, setPicture] = useState(draft.image)
  useFocusOnTrouble(element, form)
  const field = (name: FieldName, label: string) => ({
    name,
    label,
    value: draft[name],
    error: errors[name],
    onType: (of: FieldName, text: string) => editing.type(of, text),
  })
  return (
    <Dialog labelledBy="form-title" class="form-dialog" onClose={() => editing.cancel()}>
      <form
        ref={element}
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          void editing.save()
        }}
        onChange={() => setPicture(draft.image)}
      >
        <h2 id="form-title">{form.id === undefined ? 'Add item' : 'Edit item'}</h2>
        <Trouble form={form} onSignIn={() => app.signIn()} />
        {form.theirs && (
          <Theirs theirs={form.theirs} mine={draft} onTake={() => editing.takeTheirs()} />
        )}
        <div class="form-body">
          <div class="form-picture">
            <Picture key={picture} name={draft.name || '?'} address={picture.trim()} />
          </div>
          <Field {...field('name', 'Name')} focusFirst={!form.problem} />
          <Field {...field('price', 'Price')} inputMode="decimal" hint="In dollars, such as 5.99" />
          <Field {...field('description', 'Description')} lines={3} hint="Optional" optional />
          <Field {...field('image', 'Image address')} inputMode="url" />
        </div>
        <div class="dialog-buttons">
          <button type="button" class="button" onClick={() => editing.cancel()}>
            Cancel
          </button>
          <button type="submit" class="button primary">
            Save
          </button>
        </div>
      </form>
    </Dialog>
  )
}

function Trouble({ form: { problem }, onSignIn }: { form: Form; onSignIn: () => void }) {
  return (
    <div role="alert">
      {problem && (
        <div class="trouble" tabIndex={-1}>
          <AlertIcon />
          <div>
            <p class="trouble-title">{problem.title}</p>
            <p>{problem.text}</p>
            {problem.signIn && (
              <button type="button" class="button primary small" onClick={onSignIn}>
                Sign in
              </button>
            )}
          </div>
        </div>
      )}
    </div>
  )
}

/** Take the keyboard to the first field that is wrong, or to what is wrong with the whole. */
function useFocusOnTrouble(
  element: { current: HTMLFormElement | null },
  { errors, problem }: Form,
): void {
  const count = Object.keys(errors).length
  const before = useRef<{ count: number; problem: unknown }>({ count: 0, problem: undefined })
  useEffect(() => {
    // Not while one after the other is put right.
    const isNew = count > before.current.count || (problem && problem !== before.current.problem)
    before.current = { count, problem }
    const where = count > 0 ? '[aria-invalid="true"]' : '.trouble'
    if (isNew) element.current?.querySelector<HTMLElement>(where)?.focus()
  }, [element, count, problem])
}
