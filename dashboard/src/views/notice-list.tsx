import type { Notice, Notices } from '../notices'
import { useObserved } from '../observable'
import { AlertIcon, ClockIcon, CloseIcon, DoneIcon } from './icons'

/** What has happened, said to eyes and to screen readers. */
export function NoticeList({ notices }: { notices: Notices }) {
  const list = useObserved(notices.list)
  const of = (kind: Notice['kind']) => list.filter((notice) => notice.kind === kind)
  return (
    <div class="notices">
      {/* Both are always there: a reader is told only of what is put into a region that it knows. */}
      <div role="alert">
        {of('alert').map((notice) => (
          <Shown key={notice.id} notice={notice} notices={notices} />
        ))}
      </div>
      <div role="status">
        {of('status').map((notice) => (
          <Shown key={notice.id} notice={notice} notices={notices} />
        ))}
      </div>
    </div>
  )
}

function Shown({ notice, notices }: { notice: Notice; notices: Notices }) {
  const { action, busy, id, kind, text } = notice
  const Icon = kind === 'alert' ? AlertIcon : busy ? ClockIcon : DoneIcon
  return (
    <div class="notice" data-kind={kind}>
      <Icon />
      <p>{text}</p>
      {action && (
        <button
          type="button"
          class="button small"
          onClick={() => {
            notices.dismiss(id)
            action.run()
          }}
        >
          {action.label}
        </button>
      )}
      <button
        type="button"
        class="button quiet small icon-only"
        aria-label="Dismiss"
        onClick={() => notices.dismiss(id)}
      >
        <CloseIcon />
      </button>
    </div>
  )
}
