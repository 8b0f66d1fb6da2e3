import type { Field as FieldName } from '../menu/item'

interface Props {
  name: FieldName
  label: string
  value: string
  error: string | undefined
  onType: (field: FieldName, text: string) => void
  hint?: string
  lines?: number
  inputMode?: 'decimal' | 'url'
  optional?: boolean
  focusFirst?: boolean
}

/** A labelled field of the form, with what is wrong with it. */
export function Field(props: Props) {
  const { name, label, value, error, onType, hint, lines, inputMode, optional, focusFirst } = props
  const notes = [error && `${name}-error`, hint && `${name}-hint`].filter(Boolean).join(' ')
  const common = {
    id: `field-${name}`,
    name,
    value,
    autocomplete: 'off',
    required: !optional,
    autofocus: focusFirst ?? false,
    'aria-invalid': error !== undefined,
    'aria-describedby': notes || undefined,
  }
  return (
    <div class="field">
      <label for={common.id}>{label}</label>
      {hint && (
        <p class="hint" id={`${name}-hint`}>
          {hint}
        </p>
      )}
      {lines ? (
        <textarea {...common} rows={lines} onInput={(e) => onType(name, e.currentTarget.value)} />
      ) : (
        <input
          {...common}
          type="text"
          inputMode={inputMode}
          onInput={(e) => onType(name, e.currentTarget.value)}
        />
      )}
      {error && (
        <p class="error" id={`${name}-error`}>
          {error}
        </p>
      )}
    </div>
  )
}
