// Posts in which this phone may show an officer code, and the way to the page where a post is accepted or left.
// It knows what the server lists, and decides nothing.
import { isoDate } from "../shared/times";
import { say } from "../shared/words";
import type { PostToShow } from "../api/types";
import { f } from "./later.words";
import type { Acting } from "./session";

/** How the switch on the first page calls a post. */
export const postShown = (one: PostToShow): Acting => ({ id: one.id, name: `${one.office} · ${say(one.words)}`, kind: "post" });

export function Offices({ posts, onShow }: { posts: PostToShow[]; onShow: (one: PostToShow) => void }) {
  if (posts.length === 0) return null;
  return (
    <section class="card" aria-labelledby="fam-posts"><h2 id="fam-posts">{f("posts")}</h2>
      {posts.map((one) => (
        <div class="line kin" key={one.id}>
          <div class="grow"><b>{postShown(one).name}{one.deputy && f("postDeputy")}</b><small>{f("postUntil", { date: isoDate(one.lease_until_at) })}</small></div>
          <div class="ends"><button class="btn small primary" onClick={() => onShow(one)}>{f("show")}<span class="away"> {one.office}</span></button></div>
        </div>
      ))}
      <a class="line" href="/account/posts"><span class="grow">{f("postPage")}</span></a>
    </section>
  );
}
