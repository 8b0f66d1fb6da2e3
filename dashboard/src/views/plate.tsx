/** A laid plate, drawn where there is no picture: each name has a colour and a letter. */
export function Plate({ name }: { name: string }) {
  return (
    <svg
      class="plate"
      viewBox="0 0 320 240"
      preserveAspectRatio="xMidYMid slice"
      aria-hidden="true"
      style={{ '--hue': hue(name) }}
    >
      <rect class="plate-cloth" width="320" height="240" />
      <g class="plate-cutlery">
        <path d="M58 66v34c0 8 4 12 8 13v62M50 66v30c0 12 8 17 16 17s16-5 16-17V66M66 66v36" />
        <path d="M254 175v-46c-9-2-13-12-13-27 0-19 6-32 13-36z" />
      </g>
      <circle class="plate-shadow" cx="160" cy="124" r="76" />
      <circle class="plate-rim" cx="160" cy="120" r="76" />
      <circle class="plate-well" cx="160" cy="120" r="54" />
      <text class="plate-letter" x="160" y="122">
        {letter(name)}
      </text>
    </svg>
  )
}

function letter(name: string): string {
  return [...name.trim()][0]?.toUpperCase() ?? ''
}

/** The colours of a kitchen, as hues: blush, terracotta, apricot, saffron, olive, sage, mint, plum. */
const HUES = [20, 42, 62, 85, 112, 140, 165, 350]

function hue(name: string): number | undefined {
  // Any spread will do, as long as a name keeps its colour.
  const sum = [...name].reduce((sum, one) => (sum * 31 + (one.codePointAt(0) ?? 0)) % 9973, 7)
  return HUES[sum % HUES.length]
}
