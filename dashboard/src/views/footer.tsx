/** Where the menu comes from. */
export function Footer({ api }: { api: string }) {
  return (
    <footer class="site-footer">
      <p>
        Served by the API at <a href={`${api}/docs`}>{new URL(api).host}</a>. Prices in US dollars.
      </p>
    </footer>
  )
}
