-- equal and greater --
SELECT "newsroom_story"."id", "newsroom_story"."title" FROM "newsroom_story" WHERE "newsroom_story"."section" = ? AND "newsroom_story"."words" > ?
[city 300]

-- literal percent --
SELECT "newsroom_story"."id", "newsroom_story"."title" FROM "newsroom_story" WHERE "newsroom_story"."title" LIKE ? ESCAPE '\'
[%50\%%]

-- year uses the index --
SELECT "newsroom_story"."id", "newsroom_story"."title" FROM "newsroom_story" WHERE "newsroom_story"."published" BETWEEN ? AND ?
[2026-01-01 00:00:00 2026-12-31 23:59:59.999999]

-- or --
SELECT "newsroom_story"."id", "newsroom_story"."title" FROM "newsroom_story" WHERE ("newsroom_story"."words" = ? OR "newsroom_story"."published" IS NULL)
[1]

-- key without a join --
SELECT "newsroom_story"."id", "newsroom_story"."title" FROM "newsroom_story" WHERE "newsroom_story"."author_id" = ?
[1]

-- join --
SELECT "newsroom_story"."id", "newsroom_story"."title" FROM "newsroom_story" INNER JOIN "newsroom_author" ON ("newsroom_story"."author_id" = "newsroom_author"."id") WHERE "newsroom_author"."name" = ?
[Ana]

-- or over a relation that may be null --
SELECT "newsroom_story"."id", "newsroom_story"."title" FROM "newsroom_story" LEFT OUTER JOIN "newsroom_author" ON ("newsroom_story"."editor_id" = "newsroom_author"."id") WHERE ("newsroom_author"."name" = ? OR "newsroom_story"."words" = ?)
[x 1]

-- not over a nullable column --
SELECT "newsroom_story"."id", "newsroom_story"."title" FROM "newsroom_story" WHERE NOT (("newsroom_story"."score" = ? AND "newsroom_story"."score" IS NOT NULL))
[1.5]

-- not over a nullable relation --
SELECT "newsroom_story"."id", "newsroom_story"."title" FROM "newsroom_story" LEFT OUTER JOIN "newsroom_author" ON ("newsroom_story"."editor_id" = "newsroom_author"."id") WHERE NOT (("newsroom_author"."name" = ? AND "newsroom_author"."name" IS NOT NULL))
[x]

-- two conditions on one related row --
SELECT "newsroom_story"."id", "newsroom_story"."title" FROM "newsroom_story" INNER JOIN "newsroom_story_tags" ON ("newsroom_story"."id" = "newsroom_story_tags"."story_id") INNER JOIN "newsroom_tag" ON ("newsroom_story_tags"."tag_id" = "newsroom_tag"."id") WHERE "newsroom_tag"."slug" = ? AND "newsroom_tag"."label" = ?
[a A]

-- two related rows --
SELECT "newsroom_story"."id", "newsroom_story"."title" FROM "newsroom_story" INNER JOIN "newsroom_story_tags" ON ("newsroom_story"."id" = "newsroom_story_tags"."story_id") INNER JOIN "newsroom_tag" ON ("newsroom_story_tags"."tag_id" = "newsroom_tag"."id") INNER JOIN "newsroom_story_tags" "T4" ON ("newsroom_story"."id" = "T4"."story_id") INNER JOIN "newsroom_tag" "T5" ON ("T4"."tag_id" = "T5"."id") WHERE "newsroom_tag"."slug" = ? AND "T5"."slug" = ?
[a b]

-- no related row --
SELECT "newsroom_story"."id", "newsroom_story"."title" FROM "newsroom_story" WHERE NOT (EXISTS(SELECT 1 AS "a" FROM "newsroom_story_tags" "U1" INNER JOIN "newsroom_tag" "U2" ON ("U1"."tag_id" = "U2"."id") WHERE "U2"."slug" = ? AND "U1"."story_id" = ("newsroom_story"."id") LIMIT 1))
[a]

-- many-to-many key without the last join --
SELECT "newsroom_story"."id", "newsroom_story"."title" FROM "newsroom_story" INNER JOIN "newsroom_story_tags" ON ("newsroom_story"."id" = "newsroom_story_tags"."story_id") WHERE "newsroom_story_tags"."tag_id" = ?
[3]

-- related --
SELECT "newsroom_story"."id", "newsroom_story"."title", "newsroom_story"."author_id", "newsroom_story"."editor_id", "newsroom_author"."id", "newsroom_author"."name", "newsroom_author"."email", "newsroom_author"."born", "newsroom_author"."rating", "newsroom_author"."active", "newsroom_author"."mentor_id", "T3"."id", "T3"."name", "T3"."email", "T3"."born", "T3"."rating", "T3"."active", "T3"."mentor_id" FROM "newsroom_story" INNER JOIN "newsroom_author" ON ("newsroom_story"."author_id" = "newsroom_author"."id") LEFT OUTER JOIN "newsroom_author" "T3" ON ("newsroom_story"."editor_id" = "T3"."id") LIMIT 2

-- default order --
SELECT "newsroom_story"."id", "newsroom_story"."title" FROM "newsroom_story" ORDER BY "newsroom_story"."published" DESC, "newsroom_story"."id" ASC LIMIT 5 OFFSET ?
[5]

-- order by a relation --
SELECT "newsroom_story"."id", "newsroom_story"."title" FROM "newsroom_story" INNER JOIN "newsroom_author" ON ("newsroom_story"."author_id" = "newsroom_author"."id") ORDER BY "newsroom_author"."name" DESC, RANDOM()

-- expression --
SELECT "newsroom_story"."id", "newsroom_story"."title" FROM "newsroom_story" WHERE ("newsroom_story"."words" + ?) > "newsroom_story"."id"
[10]

-- subquery --
SELECT "newsroom_story"."id", "newsroom_story"."title" FROM "newsroom_story" WHERE "newsroom_story"."author_id" IN (SELECT "U0"."id" AS "v" FROM "newsroom_author" "U0" WHERE "U0"."active")

-- window --
SELECT "col1", "col2", "col3" FROM (SELECT "newsroom_story"."id" AS "col1", "newsroom_story"."title" AS "col2", ROW_NUMBER() OVER (PARTITION BY "newsroom_story"."section" ORDER BY "newsroom_story"."words" DESC) AS "col3", (ROW_NUMBER() OVER (PARTITION BY "newsroom_story"."section" ORDER BY "newsroom_story"."words" DESC) = ?) AS "qualify_ok" FROM "newsroom_story") "qualify" WHERE "qualify_ok"
[1]

-- json --
SELECT "newsroom_story"."id", "newsroom_story"."title" FROM "newsroom_story" WHERE (CASE WHEN JSON_TYPE("newsroom_story"."meta", ?) IN ('false', 'true', 'null') THEN JSON_TYPE("newsroom_story"."meta", ?) ELSE JSON_EXTRACT("newsroom_story"."meta", ?) END) = JSON_EXTRACT(?, '$') AND JSON_TYPE("newsroom_story"."meta", ?) IS NOT NULL
[$."lang" $."lang" $."lang" "en" $."tags"[0]]

-- union --
SELECT "newsroom_story"."id", "newsroom_story"."title" FROM "newsroom_story" WHERE "newsroom_story"."words" = ? UNION ALL SELECT "newsroom_story"."id", "newsroom_story"."title" FROM "newsroom_story" WHERE "newsroom_story"."words" = ? ORDER BY 2 ASC LIMIT 3
[1 2]

-- reverse --
SELECT "newsroom_author"."id", "newsroom_author"."name" FROM "newsroom_author" INNER JOIN "newsroom_story" ON ("newsroom_author"."id" = "newsroom_story"."author_id") WHERE "newsroom_story"."words" > ?
[100]

-- aggregate --
SELECT "newsroom_author"."id", "newsroom_author"."name", COUNT("newsroom_story"."id") AS "n" FROM "newsroom_author" LEFT OUTER JOIN "newsroom_story" ON ("newsroom_author"."id" = "newsroom_story"."author_id") GROUP BY "newsroom_author"."id" HAVING COUNT("newsroom_story"."id") > ?
[2]

-- exists --
SELECT "newsroom_author"."id", "newsroom_author"."name" FROM "newsroom_author" WHERE EXISTS(SELECT 1 AS "a" FROM "newsroom_reviews" "U0" WHERE "U0"."reviewer_id" = "newsroom_author"."id" LIMIT 1)

-- true --
SELECT "newsroom_author"."id", "newsroom_author"."name" FROM "newsroom_author" WHERE "newsroom_author"."active"

