"""The newsroom as far as Django 3.2 knows its kinds of fields and constraints."""

import uuid

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models.functions import Lower


class Section(models.TextChoices):
    CITY = "city", "City"
    SPORT = "sport", "Sport"
    OPINION = "opinion", "Opinion"


class Stamped(models.Model):
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True


class Author(models.Model):
    name = models.CharField(max_length=80, db_index=True)
    email = models.EmailField(unique=True)
    born = models.DateField(null=True, blank=True)
    rating = models.DecimalField(max_digits=5, decimal_places=2, default=0)
    active = models.BooleanField(default=True)
    mentor = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="students")

    class Meta:
        ordering = ["name"]

    def __str__(self):
        return self.name


class Profile(models.Model):
    author = models.OneToOneField(Author, models.CASCADE, primary_key=True)
    bio = models.TextField(blank=True)
    site = models.URLField(blank=True)


class Tag(models.Model):
    slug = models.SlugField(unique=True)
    label = models.CharField(max_length=40)

    def __str__(self):
        return self.slug


class Story(Stamped):
    title = models.CharField(max_length=200)
    slug = models.SlugField(max_length=60)
    section = models.CharField(max_length=10, choices=Section.choices, default=Section.CITY)
    body = models.TextField(default="")
    words = models.PositiveIntegerField(default=0)
    score = models.FloatField(null=True)
    published = models.DateTimeField(null=True, blank=True, db_index=True)
    author = models.ForeignKey(Author, models.CASCADE, related_name="stories")
    editor = models.ForeignKey(Author, models.PROTECT, null=True, related_name="edited")
    tags = models.ManyToManyField(Tag, blank=True)
    reviewers = models.ManyToManyField(Author, through="Review", related_name="reviewed")
    related = models.ManyToManyField("self", blank=True)
    meta = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name_plural = "stories"
        ordering = ["-published", "id"]
        get_latest_by = "published"
        indexes = [
            models.Index(fields=["section", "-published"], name="story_section_idx"),
            models.Index(fields=["title"], name="story_city_idx", condition=models.Q(section="city")),
            models.Index(Lower("title").desc(), "words", name="story_lower_idx"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["slug", "section"], name="story_slug_uniq"),
            models.UniqueConstraint(fields=["author"], condition=models.Q(section="opinion"), name="story_one_opinion"),
            models.CheckConstraint(check=models.Q(words__gte=0) & models.Q(words__lt=100000), name="story_words_range"),
            models.CheckConstraint(check=~models.Q(title="") | models.Q(published__isnull=True), name="story_title_set"),
        ]


class Review(models.Model):
    story = models.ForeignKey(Story, models.CASCADE)
    reviewer = models.ForeignKey(Author, models.CASCADE)
    stars = models.SmallIntegerField(validators=[MinValueValidator(1)])
    note = models.CharField(max_length=100, blank=True, db_column="remark")

    class Meta:
        unique_together = [("story", "reviewer")]
        db_table = "newsroom_reviews"
        permissions = [("can_review", "Can review a story")]


class Everything(models.Model):
    """One column of each field type."""

    uid = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    f_big = models.BigIntegerField(null=True)
    f_binary = models.BinaryField(max_length=64, default=b"")
    f_bool = models.BooleanField(null=True)
    f_char = models.CharField(max_length=10, default="")
    f_char_unlimited = models.TextField(max_length=10, null=True)
    f_date = models.DateField()
    f_datetime = models.DateTimeField()
    f_decimal = models.DecimalField(max_digits=12, decimal_places=4)
    f_duration = models.DurationField(null=True)
    f_email = models.EmailField()
    f_file = models.FileField(upload_to="files")
    f_filepath = models.FilePathField(path="/srv", max_length=50)
    f_float = models.FloatField()
    f_image = models.ImageField(upload_to="images", null=True)
    f_int = models.IntegerField(db_index=True)
    f_ip = models.GenericIPAddressField(protocol="both", null=True)
    f_json = models.JSONField(null=True)
    f_posbig = models.PositiveBigIntegerField(default=0)
    f_pos = models.PositiveIntegerField(default=0)
    f_possmall = models.PositiveSmallIntegerField(default=0)
    f_slug = models.SlugField()
    f_small = models.SmallIntegerField(default=0)
    f_text = models.TextField()
    f_time = models.TimeField(null=True)
    f_url = models.URLField()
    f_uuid = models.UUIDField(null=True, unique=True)
    f_choice = models.IntegerField(choices=[(1, "one"), (2, "two")], default=1)
    f_order = models.IntegerField(db_column="order", default=0)


class SmallKey(models.Model):
    id = models.SmallAutoField(primary_key=True)
    parent = models.ForeignKey("self", models.DO_NOTHING, db_constraint=False, null=True)
    everything = models.ForeignKey(Everything, models.RESTRICT, to_field="f_uuid", null=True, db_index=False)


class IntKey(models.Model):
    id = models.AutoField(primary_key=True)
    small = models.ForeignKey(SmallKey, models.CASCADE)


class PhotoStory(Story):
    """Multi-table inheritance."""

    camera = models.CharField(max_length=30, blank=True)


class CityStory(Story):
    class Meta:
        proxy = True


class Unmanaged(models.Model):
    name = models.CharField(max_length=5)

    class Meta:
        managed = False


class Notice(models.Model):
    text = models.CharField(max_length=20)
    story = models.ForeignKey(Story, models.CASCADE)

    class Meta:
        order_with_respect_to = "story"
