import { Type } from 'class-transformer'
import { IsDefined, IsNotEmpty, IsNumber, IsString, IsUrl, MaxLength, Min, ValidateNested } from 'class-validator'

export class ItemDto {
  @IsString()
  @IsNotEmpty()
  @MaxLength(200)
  name: string

  @IsNumber()
  @Min(0)
  price: number

  @IsString()
  @MaxLength(2000)
  description: string

  @IsUrl()
  image: string
}

export class WrappedItemDto {
  @IsDefined()
  @ValidateNested()
  @Type(() => ItemDto)
  item: ItemDto
}
